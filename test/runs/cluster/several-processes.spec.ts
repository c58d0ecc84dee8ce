import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { databases, type TestDatabase } from '../../support/databases.js';
import { testGraphs } from '../../support/graphs/index.js';
import {
  eventsOf,
  objectOf,
  startRuns,
  type ReadEvent,
  type RunsApplication,
} from '../api/runs.application.js';
import { Cluster, until, wholeEvents, type Member } from './support/cluster.js';
import { clusterGraphs } from './support/cluster.graphs.js';

const MODES = ['values', 'updates', 'custom'];
const HELLO = { messages: [{ role: 'human', content: 'hello' }] };

/** The events, without what differs from run to run. */
function comparable(events: readonly ReadEvent[]): unknown[] {
  const text = JSON.stringify(events)
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/g, 'id')
    .replaceAll(/gate-\d+|"gate":"[^"]*"/g, 'gate');
  return JSON.parse(text.replaceAll(/,gate|gate,|gate/g, '')) as unknown[];
}

describe.each(databases.filter(({ dialect }) => dialect === 'postgres'))(
  'three processes that serve and two that execute, on one $dialect',
  ({ create }) => {
    let cluster: Cluster;
    let first: Member;
    let second: Member;
    let third: Member;
    let alone: RunsApplication;
    let database: TestDatabase;

    beforeAll(async () => {
      cluster = await Cluster.on(await create());
      first = await cluster.start({ ROLE: 'api' });
      [second, third] = await Promise.all([cluster.start({ ROLE: 'api' }), cluster.start({ ROLE: 'api' })]);
      await Promise.all([cluster.start({ ROLE: 'worker' }), cluster.start({ ROLE: 'worker' })]);
      database = await create();
      alone = await startRuns(database, { graphs: { ...testGraphs, ...clusterGraphs } });
    }, 120_000);
    afterAll(async () => {
      await cluster.stop();
      await alone.stop();
      await database.drop();
    });

    const newThread = async (member: Member) =>
      String(objectOf(await member.alice('POST', '/threads', {})).thread_id);
    const tale = (gate: string, more: object = {}) => ({
      assistant_id: 'tale',
      input: { gate },
      stream_mode: MODES,
      ...more,
    });
    const statusOf = async (member: Member, path: string) =>
      objectOf(await member.alice('GET', path)).status as string;

    /** A run that waits at its gate, streamed by the process that created it. */
    async function begun(more: object = {}) {
      const thread = await newThread(first);
      const gate = cluster.gate();
      const stream = await first.open(`/threads/${thread}/runs/stream`, { body: tale(gate, more) });
      const path = String(stream.headers.get('content-location'));
      await stream.has(6);
      return { thread, gate, stream, path };
    }

    /** What one process says of the same run. */
    async function transcriptAlone(more: object = {}): Promise<ReadEvent[]> {
      const thread = await alone.newThread(alone.alice);
      const gate = cluster.gate();
      await cluster.openGate(gate);
      const { text } = await alone.alice('POST', `/threads/${thread}/runs/stream`, tale(gate, more));
      return eventsOf(text);
    }

    it('stream to the creator what one process streams: the same events with the same ids in the same order', async () => {
      const { stream, gate } = await begun();
      await cluster.openGate(gate);
      const events = await stream.events();
      expect(events.map(({ id }) => Number(id))).toEqual(events.map((_, index) => index));
      expect(comparable(events)).toEqual(comparable(await transcriptAlone()));
    });

    it('stream a run without a thread, which is gone when it ends, to its last event', async () => {
      const gate = cluster.gate();
      await cluster.openGate(gate);
      const streams = await Promise.all(
        Array.from({ length: 10 }, () => first.open('/runs/stream', { body: tale(gate) })),
      );
      const expected = comparable(await transcriptAlone());
      for (const stream of streams) expect(comparable(await stream.events())).toEqual(expected);
    });

    it('answer wait with what came of the run, with a thread and without', async () => {
      const thread = await newThread(second);
      const body = { assistant_id: 'chat', input: HELLO };
      const expected = { messages: [{ type: 'human' }, { type: 'ai' }] };
      expect((await second.alice('POST', `/threads/${thread}/runs/wait`, body)).body).toMatchObject(expected);
      expect((await third.alice('POST', '/runs/wait', body)).body).toMatchObject(expected);
      const failing = { assistant_id: 'failing', input: { messages: [] } };
      expect((await third.alice('POST', '/runs/wait', failing)).body).toEqual({
        __error__: { error: 'OutOfCoffeeError', message: 'There is no coffee left' },
      });
    });

    it.each([false, true])(
      'let every process join in mid-run from the beginning, from an event and from now on (resumable: %s)',
      async (stream_resumable) => {
        const { stream, gate, path } = await begun({ stream_resumable });
        const all = await second.open(`${path}/stream`, { lastEventId: '-1' });
        const some = await third.open(`${path}/stream`, { lastEventId: '2' });
        const now = await third.open(`${path}/stream`);
        expect((await all.has(6)).length).toBe(6);
        await new Promise((resolve) => setTimeout(resolve, 300));
        expect(now.soFar).toEqual([]);
        const later = await second.open(`${path}/stream`);
        await new Promise((resolve) => setTimeout(resolve, 300));
        await cluster.openGate(gate);
        const events = await stream.events();
        expect(await all.events()).toEqual(events);
        expect(await some.events()).toEqual(events.slice(3));
        expect(await now.events()).toEqual(events.slice(6));
        expect(await later.events()).toEqual(events.slice(6));
      },
    );

    it('replay a resumable run that has ended, and nothing of another one', async () => {
      for (const stream_resumable of [true, false]) {
        const { stream, gate, path } = await begun({ stream_resumable });
        await cluster.openGate(gate);
        const events = await stream.events();
        const again = await third.open(`${path}/stream`, { lastEventId: '-1' });
        expect(await again.events()).toEqual(stream_resumable ? events : []);
      }
    });

    it('join a run that waits in the queue, wherever it is executed later', async () => {
      const { thread, gate } = await begun();
      const own = cluster.gate();
      const queued = objectOf(await second.alice('POST', `/threads/${thread}/runs`, tale(own)));
      const path = `/threads/${thread}/runs/${String(queued.run_id)}`;
      const stream = await third.open(`${path}/stream`, { lastEventId: '-1' });
      const joined = await second.open(`${path}/join`);
      await cluster.openGate(gate);
      await cluster.openGate(own);
      expect(comparable((await stream.events()).slice(1, 2))).toMatchObject([{ event: 'values', id: '1' }]);
      expect(await joined.json()).toMatchObject({ told: ['begin', 'wait', 'end', 'begin', 'wait', 'end'] });
    });

    it('show nobody a run that is not theirs, however it is asked for', async () => {
      const { stream, gate, path, thread } = await begun();
      const missing = await second.bob('GET', `${path.replace(/[^/]+$/, crypto.randomUUID())}/stream`);
      for (const member of [first, second]) {
        expect((await member.bob('GET', `${path}/stream`)).text).toBe(missing.text);
        expect(await member.bob('GET', `${path}/join`)).toMatchObject({ status: 404 });
        expect(await member.bob('POST', `${path}/cancel`, {})).toMatchObject({ status: 404 });
        expect(await member.bob('GET', `/threads/${thread}/stream`)).toMatchObject({ status: 404 });
      }
      await cluster.openGate(gate);
      await stream.events();
    });

    it.each(['interrupt', 'rollback'])('cancel a run from any process (%s)', async (action) => {
      const { stream, path, thread } = await begun();
      const joined = await second.open(`${path}/stream`, { lastEventId: '-1' });
      await joined.has(6);
      const answer = await third.alice('POST', `${path}/cancel?wait=1&action=${action}`);
      expect(answer.status).toBe(204);
      const run = await second.alice('GET', path);
      if (action === 'rollback') expect(run.status).toBe(404);
      else expect(objectOf(run).status).toBe('interrupted');
      expect((await stream.events()).length).toBe(6);
      expect((await joined.events()).length).toBe(6);
      expect(await statusOf(third, `/threads/${thread}`)).not.toBe('busy');
    });

    it('cancel many runs at once from any process', async () => {
      const runs = [await begun(), await begun()];
      const run_ids = runs.map(({ path }) => path.split('/').at(-1));
      expect(await third.alice('POST', '/runs/cancel', { run_ids, status: 'all' })).toMatchObject({
        status: 204,
      });
      for (const { path, stream } of runs) {
        await stream.events();
        expect(await statusOf(second, path)).toBe('interrupted');
      }
    });

    it('cancel a run whose client goes away, the creator or one who joined elsewhere', async () => {
      const created = await begun({ on_disconnect: 'cancel' });
      created.stream.leave();
      await until('it is cancelled', async () => (await statusOf(second, created.path)) === 'interrupted');
      const other = await begun();
      const joined = await second.open(`${other.path}/stream?cancel_on_disconnect=1`, { lastEventId: '-1' });
      await joined.has(6);
      joined.leave();
      await until('it is cancelled', async () => (await statusOf(third, other.path)) === 'interrupted');
      await other.stream.events();
    });

    it.each(['interrupt', 'rollback'])(
      'make way for a run that is created elsewhere with the strategy %s',
      async (multitask_strategy) => {
        const { thread, path, stream } = await begun();
        const gate = cluster.gate();
        await cluster.openGate(gate);
        const next = await second.open(`/threads/${thread}/runs/stream`, {
          body: tale(gate, { multitask_strategy }),
        });
        expect((await next.events()).at(-1)?.data).toMatchObject({
          told: [...(multitask_strategy === 'interrupt' ? ['begin'] : []), 'begin', 'wait', 'end'],
        });
        expect((await stream.events()).length).toBe(6);
        expect(await third.alice('GET', path)).toMatchObject(
          multitask_strategy === 'interrupt' ? { body: { status: 'interrupted' } } : { status: 404 },
        );
      },
    );

    it('refuse and queue runs on a thread that is busy elsewhere, in the order of their creation', async () => {
      const { thread, gate, stream } = await begun();
      const refused = await second.alice(
        'POST',
        `/threads/${thread}/runs`,
        tale(gate, { multitask_strategy: 'reject' }),
      );
      expect(refused.status).toBe(409);
      const waiting = await Promise.all(
        [second, third, second, third].map((member) =>
          member.alice('POST', `/threads/${thread}/runs`, { assistant_id: 'tale', input: { gate } }),
        ),
      );
      const ids = waiting.map((answer) => String(objectOf(answer).run_id));
      await cluster.openGate(gate);
      await stream.events();
      for (const id of ids) await first.alice('GET', `/threads/${thread}/runs/${id}/join`);
      const rows = await cluster.query<{ run_id: string; started_at: string; ended_at: string }>(
        'SELECT run_id, started_at, ended_at FROM run WHERE thread_id = $1 ORDER BY position',
        [thread],
      );
      expect(rows.length).toBe(5);
      for (const [index, { started_at }] of rows.slice(1).entries())
        expect(Number(started_at)).toBeGreaterThanOrEqual(Number(rows[index].ended_at));
    });

    it('stop a run when its thread is deleted elsewhere, and nothing of it comes back', async () => {
      const { thread, stream } = await begun();
      expect((await second.alice('DELETE', `/threads/${thread}`)).status).toBe(204);
      await stream.events();
      expect((await third.alice('GET', `/threads/${thread}`)).status).toBe(404);
      expect(await cluster.query('SELECT 1 FROM checkpoint WHERE thread_id = $1', [thread])).toEqual([]);
    });

    it('stream a thread over runs that are created and executed elsewhere, as one process does', async () => {
      const modes = '?stream_modes=run_modes,lifecycle';
      const gate = cluster.gate();
      await cluster.openGate(gate);
      const thread = await newThread(first);
      const elsewhere = await third.open(`/threads/${thread}/stream${modes}`);
      const other = await alone.newThread(alone.alice);
      const here = await fetch(`${alone.url}/threads/${other}/stream${modes}`, {
        headers: { authorization: `Bearer ${await alone.token('alice')}` },
      });
      await new Promise((resolve) => setTimeout(resolve, 300));
      for (let run = 0; run < 4; run++) {
        await [first, second][run % 2].alice('POST', `/threads/${thread}/runs/wait`, tale(gate));
        await alone.alice('POST', `/threads/${other}/runs/wait`, tale(gate));
      }
      const perRun = (await transcriptAlone()).length + 2;
      const told = await elsewhere.has(4 * perRun);
      const reader = here.body!.pipeThrough(new TextDecoderStream()).getReader();
      let text = '';
      while (wholeEvents(text).length < 4 * perRun) text += (await reader.read()).value ?? '';
      expect(comparable(told)).toEqual(comparable(wholeEvents(text)));
      elsewhere.leave();
      await reader.cancel();
    });
  },
);
