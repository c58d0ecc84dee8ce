import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuid } from 'uuid';
import { databases, type TestDatabase } from '../../support/databases.js';
import { crowdGraphs, enqueueCrowd, fullLog } from './support/crowd.js';
import { engineGraphs, gates } from './support/engine.graphs.js';
import { as, collect, EngineHarness, newRun, until } from './support/engine.harness.js';

const RUNS = 24;
const graphs = { ...crowdGraphs, ...engineGraphs };

describe.each(databases.filter(({ dialect }) => dialect === 'postgres'))(
  'two servers on one $dialect',
  ({ create }) => {
    let database: TestDatabase;
    let executing: EngineHarness;
    let asking: EngineHarness;

    beforeAll(async () => {
      database = await create();
      executing = await EngineHarness.start(database.url, { concurrency: 8, leaseMs: 600 }, graphs);
      asking = await EngineHarness.start(database.url, { concurrency: 0, leaseMs: 600 }, graphs);
    });
    afterAll(async () => {
      await Promise.all([executing.stop(), asking.stop()]);
      await database.drop();
    });

    const gated = (name: string, resumable: boolean) => ({
      graph_id: 'gated',
      resumable,
      kwargs: { input: { name }, stream_mode: ['updates' as const] },
    });

    it('tell each other how a run has ended', async () => {
      const name = uuid();
      gates.open(name);
      const run = await asking.enqueue(await asking.createThread(), gated(name, false));
      expect(await asking.outcome(run)).toMatchObject({ status: 'success', values: { name } });
    });

    it('tell each other how a run has ended that took its thread along', async () => {
      const name = uuid();
      const run = newRun(uuid(), { ...gated(name, false), temporary: true }, 'alice');
      const thread = await asking.createThread();
      run.thread_id = thread;
      const { signal } = new AbortController();
      const followed = as('alice', () => asking.engine.follow(run.run_id, signal, 'events'));
      await as('alice', () => asking.engine.enqueue([run]));
      gates.open(name);
      expect(await followed.outcome()).toMatchObject({ status: 'success', values: { name } });
      expect(await asking.hasThread(thread)).toBe(false);
    });

    it('tell each other that a run is gone', async () => {
      const run = await asking.enqueue(await asking.createThread(), gated(uuid(), false));
      const outcome = asking.outcome(run);
      expect(await asking.cancel([run], 'rollback')).toBe(1);
      expect((await outcome).status).toBe('deleted');
    });

    it('tell each other the events of resumable runs', async () => {
      const name = uuid();
      const run = await asking.enqueue(await asking.createThread(), gated(name, true));
      const events = collect(asking.events(run));
      await until('the run is at its gate', () => gates.entered.includes(name));
      gates.open(name);
      expect((await events).map(({ id, event }) => [id, event])).toEqual([
        [0, 'metadata'],
        [1, 'updates'],
        [2, 'updates'],
      ]);
    });

    it('cancel runs for each other', async () => {
      const name = uuid();
      const run = await asking.enqueue(await asking.createThread(), gated(name, false));
      await until('the run is at its gate', () => gates.entered.includes(name));
      expect(await asking.cancel([run], 'interrupt')).toBe(1);
      expect((await asking.findRun(run))?.status).toBe('interrupted');
    });

    it('take over from each other', async () => {
      const name = uuid();
      const run = await executing.enqueue(await executing.createThread(), gated(name, true));
      await until('the run is at its gate', () => gates.entered.includes(name));
      const other = await EngineHarness.start(database.url, { leaseMs: 600 }, graphs);
      const outcome = other.outcome(run);
      gates.open(name);
      expect((await outcome).status).toBe('success');
      await other.stop();
    });
  },
);

describe.each(databases.filter(({ dialect }) => dialect === 'postgres'))(
  'two servers that share the runs on one $dialect',
  ({ create }) => {
    it('execute each run once, and those of a thread in their order', async () => {
      const database = await create();
      const servers = await Promise.all(
        [1, 2].map(() => EngineHarness.start(database.url, { concurrency: 4 }, graphs)),
      );
      await Promise.all(servers.map((server) => enqueueCrowd(server, RUNS / servers.length)));
      const [server] = servers;
      if (!server) throw new Error('there is no server');
      await until('all runs have ended', async () => (await server.countRuns('success')) === RUNS);
      const runs = await server.allRuns();
      expect(runs.map(({ attempt }) => attempt)).toEqual(runs.map(() => 1));
      for (const threadId of new Set(runs.map(({ thread_id }) => thread_id)))
        expect(await server.thread(threadId)).toMatchObject({
          status: 'idle',
          values: { log: fullLog(threadId) },
        });
      await Promise.all(servers.map((each) => each.stop()));
      await database.drop();
    });
  },
);
