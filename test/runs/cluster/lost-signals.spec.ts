import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { databases } from '../../support/databases.js';
import { objectOf } from '../api/runs.application.js';
import { Cluster, until, type Member } from './support/cluster.js';

const LISTENING = `application_name = 'onauth-server signals' AND datname = current_database()`;

describe.each(databases.filter(({ dialect }) => dialect === 'postgres'))(
  'processes on one $dialect that do not hear each other',
  ({ create }) => {
    let cluster: Cluster;

    beforeEach(async () => {
      cluster = await Cluster.on(await create());
    });
    afterEach(() => cluster.stop());

    /** One process that serves and one that executes. */
    async function start(environment: Record<string, string> = {}): Promise<Member> {
      const api = await cluster.start({ ROLE: 'api', ...environment });
      await cluster.start({ ROLE: 'worker', ...environment });
      return api;
    }

    const listening = () =>
      cluster.query<{ pid: number }>(`SELECT pid FROM pg_stat_activity WHERE ${LISTENING}`);
    const newThread = async (member: Member) =>
      String(objectOf(await member.alice('POST', '/threads', {})).thread_id);

    it('since their connections were cut come back, and have lost nothing', async () => {
      const api = await start();
      const thread = await newThread(api);
      const gate = cluster.gate();
      const body = { assistant_id: 'count', input: { gate, count: 200 }, stream_mode: ['custom'] };
      const stream = await api.open(`/threads/${thread}/runs/stream`, { body });
      for (let cut = 1; cut <= 3; cut++) {
        await stream.has(cut * 20);
        const before = await listening();
        await cluster.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${LISTENING}`);
        await until('both listen again', async () => {
          const now = await listening();
          return now.length === 2 && now.every(({ pid }) => before.every((one) => one.pid !== pid));
        });
      }
      await cluster.openGate(gate);
      const events = await stream.events();
      expect(events.map(({ id }) => Number(id))).toEqual(Array.from({ length: 201 }, (_, id) => id));
      expect(events.slice(1).map(({ data }) => data)).toEqual(Array.from({ length: 200 }, (_, said) => said));
    }, 60_000);

    it('find what was said while nobody listened as soon as they listen again', async () => {
      const api = await start();
      const thread = await newThread(api);
      const gate = cluster.gate();
      await cluster.openGate(gate);
      // The run is queued and the connections are cut at once, so that one comes before the other or after it.
      const [answer] = await Promise.all([
        api.alice('POST', `/threads/${thread}/runs/wait`, { assistant_id: 'tale', input: { gate } }),
        cluster.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${LISTENING}`),
      ]);
      expect(answer.body).toMatchObject({ told: ['begin', 'wait', 'end'] });
    }, 60_000);

    it('are told by the tables at their next heartbeat', async () => {
      const api = await start({ DEAF: '1', LEASE_MS: '1500' });
      const other = await cluster.start({ ROLE: 'api', DEAF: '1', LEASE_MS: '1500' });
      const thread = await newThread(api);
      const threadStream = await other.open(`/threads/${thread}/stream?stream_modes=lifecycle`);
      const gate = cluster.gate();
      const body = { assistant_id: 'tale', input: { gate }, stream_mode: ['custom'] };
      const stream = await api.open(`/threads/${thread}/runs/stream`, { body });
      await stream.has(3);
      const path = String(stream.headers.get('content-location'));
      const joined = await other.open(`${path}/stream`, { lastEventId: '-1' });
      await joined.has(3);
      await cluster.openGate(gate);
      const events = await stream.events();
      expect(events.map(({ id }) => id)).toEqual(['0', '1', '2', '3', '4']);
      expect(await joined.events()).toEqual(events);
      expect((await threadStream.has(2)).map(({ data }) => objectOfData(data).status)).toEqual([
        'running',
        'success',
      ]);
      threadStream.leave();
      const next = await api.open(`/threads/${thread}/runs/stream`, {
        body: { ...body, input: { gate: cluster.gate() } },
      });
      await next.has(3);
      const cancelled = String(next.headers.get('content-location'));
      expect((await other.alice('POST', `${cancelled}/cancel?wait=1`)).status).toBe(204);
      expect((await next.events()).length).toBe(3);
    }, 90_000);

    it('do nothing that is not in the tables, whatever is said on their channel', async () => {
      const api = await start();
      const thread = await newThread(api);
      const gate = cluster.gate();
      const body = { assistant_id: 'tale', input: { gate }, stream_mode: ['custom'] };
      const stream = await api.open(`/threads/${thread}/runs/stream`, { body });
      await stream.has(3);
      const runId = String(stream.headers.get('content-location')).split('/').at(-1);
      const forged = [
        'nonsense',
        '{"from":"x","signals":[{"kind":"drop","runId":"1"}]}',
        JSON.stringify({ from: 'x', signals: [{ kind: 'cancelled', runId, action: 'rollback' }] }),
        JSON.stringify({
          from: 'x',
          signals: [
            { kind: 'cancelled', runId },
            { kind: 'ended', runId },
            { kind: 'events', runId },
            { kind: 'followed', runId },
            { kind: 'queued', at: 0 },
          ],
        }),
      ];
      for (const text of forged) await cluster.query('SELECT pg_notify($1, $2)', ['onauth_runs', text]);
      await cluster.openGate(gate);
      expect((await stream.events()).map(({ data }) => data).slice(1)).toEqual([
        'once',
        'upon a time',
        'happily',
        'ever after',
      ]);
    }, 60_000);

    it.each([
      [true, ['0', '1', '2', '3', '4', '5']],
      [false, ['0', '1', '2', '1000000000', '1000000001', '1000000002']],
    ])(
      'go on with the run of one that was killed, before the eyes of its reader (resumable: %s)',
      async (stream_resumable, ids) => {
        const api = await cluster.start({ ROLE: 'api', LEASE_MS: '2000' });
        const killed = await cluster.start({ ROLE: 'worker', LEASE_MS: '2000' });
        const thread = await newThread(api);
        const gate = cluster.gate();
        const body = { assistant_id: 'tale', input: { gate }, stream_mode: ['custom'], stream_resumable };
        const stream = await api.open(`/threads/${thread}/runs/stream`, { body });
        await stream.has(3);
        // What was told is only safe from a kill once its checkpoint is stored.
        await until('the step is stored', async () => {
          const rows = await cluster.query('SELECT 1 FROM checkpoint WHERE thread_id = $1', [thread]);
          return rows.length >= 2;
        });
        killed.child.kill('SIGKILL');
        await cluster.start({ ROLE: 'worker', LEASE_MS: '2000' });
        await cluster.openGate(gate);
        const events = await stream.events();
        expect(events.map(({ id }) => id)).toEqual(ids);
        expect(events.map(({ event }) => event)).toEqual([
          'metadata',
          'custom',
          'custom',
          'metadata',
          'custom',
          'custom',
        ]);
        expect(events[3].data).toMatchObject({ attempt: 2 });
      },
      90_000,
    );

    it('share their seats: what finds none here is executed there', async () => {
      const one = await cluster.start({ RUNS_CONCURRENCY: '1' });
      const other = await cluster.start({ RUNS_CONCURRENCY: '1' });
      const gates = [cluster.gate(), cluster.gate()];
      const streams = await Promise.all(
        gates.map((gate) => one.open('/runs/stream', { body: { assistant_id: 'tale', input: { gate } } })),
      );
      for (const stream of streams) await stream.has(3);
      const workers = await cluster.query<{ worker_id: string }>('SELECT DISTINCT worker_id FROM run');
      expect(workers.length).toBe(2);
      for (const gate of gates) await cluster.openGate(gate);
      for (const stream of streams) expect((await stream.events()).length).toBe(5);
      expect(objectOf(await other.alice('GET', '/info')).context).toBe('js');
    }, 60_000);
  },
);

function objectOfData(data: unknown): { status?: string } {
  return data as { status?: string };
}
