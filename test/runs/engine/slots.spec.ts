import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runAsSystem } from '../../../src/on-auth/authorization.context.js';
import type { Run } from '../../../src/runs/run.entity.js';
import { databases, type TestDatabase } from '../../support/databases.js';
import { EngineHarness, until } from './support/engine.harness.js';

const PATIENT = { graph_id: 'slow', kwargs: { input: { ms: 60_000 } } };
const LIMIT = 2;

describe.each(databases)('runs of one identity at once, on $dialect', ({ dialect, create }) => {
  let database: TestDatabase;
  const servers: EngineHarness[] = [];

  beforeEach(async () => {
    database = await create();
  });
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
    await database.drop();
  });

  async function start(options: { concurrency?: number; concurrencyPerIdentity?: number } = {}) {
    const server = await EngineHarness.start(database.url, {
      concurrency: 6,
      concurrencyPerIdentity: LIMIT,
      gracePeriodMs: 0,
      ...options,
    });
    servers.push(server);
    return server;
  }

  const enqueue = async (server: EngineHarness, owner: string, settings: object = PATIENT) =>
    server.enqueue(await server.createThread(owner), settings, owner);

  async function running(server: EngineHarness): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { status, principal } of await server.allRuns()) {
      if (status === 'running') counts[principal.identity] = (counts[principal.identity] ?? 0) + 1;
    }
    return counts;
  }

  it('are no more than the limit: the others wait, and those of other identities go before them', async () => {
    const server = await start();
    for (let count = 0; count < 5; count++) await enqueue(server, 'alice');
    await enqueue(server, 'bob');
    await until('both have runs', async () => (await running(server)).bob === 1);
    expect(await running(server)).toEqual({ alice: LIMIT, bob: 1 });
    expect(await server.countRuns('pending')).toBe(3);
  });

  it('go on, the oldest one first, when one of them has ended, whatever it ended with', async () => {
    const server = await start();
    const runs: Run[] = [];
    for (let count = 0; count < 4; count++) runs.push(await enqueue(server, 'alice'));
    await until('the first two run', async () => (await running(server)).alice === LIMIT);
    await server.cancel([runs[1]], 'interrupt');
    await until('the third one runs', async () => (await server.findRun(runs[2]))?.status === 'running');
    expect((await server.findRun(runs[3]))?.status).toBe('pending');
    await server.cancel([runs[0]], 'rollback');
    await until('the fourth one runs', async () => (await server.findRun(runs[3]))?.status === 'running');
  });

  it('all come to their end, as do those of others behind a flood of them', async () => {
    const server = await start({ concurrencyPerIdentity: 1 });
    const quick = { graph_id: 'slow', kwargs: { input: { ms: 1 } } };
    const flood = [];
    for (let count = 0; count < 12; count++) flood.push(await enqueue(server, 'alice', quick));
    const other = await enqueue(server, 'bob', quick);
    expect(await server.outcome(other, 'bob')).toMatchObject({ status: 'success' });
    for (const run of flood) expect(await server.outcome(run)).toMatchObject({ status: 'success' });
  });

  it('are found behind more runs of an identity that has no slot left than the head of the queue holds', async () => {
    const server = await start({ concurrency: 0 });
    await enqueue(server, 'alice');
    await enqueue(server, 'alice');
    const model = await enqueue(server, 'alice');
    await copies(server, model.run_id, 400);
    const late = await enqueue(server, 'bob');
    const worker = await start();
    await until('the run behind them runs', async () => (await worker.findRun(late))?.status === 'running');
    expect(await running(worker)).toEqual({ alice: LIMIT, bob: 1 });
  });

  it('have a slot of their own, which a run that is taken back gives up', async () => {
    const first = await start();
    await enqueue(first, 'alice');
    await enqueue(first, 'alice');
    await until('both run', async () => (await running(first)).alice === LIMIT);
    await servers.shift()?.stop();
    const second = await start({ concurrencyPerIdentity: 0 });
    await until('both run again', async () => (await running(second)).alice === LIMIT);
    await enqueue(second, 'alice');
    await until('without a limit', async () => (await running(second)).alice === LIMIT + 1);
  });

  it('are counted over all processes that share the database', async () => {
    // A SQLite file belongs to one.
    const processes = dialect === 'postgres' ? 3 : 1;
    const workers = await Promise.all(Array.from({ length: processes }, () => start()));
    const [one] = workers;
    const enqueued = [];
    for (let count = 0; count < 12; count++) enqueued.push(enqueue(workers[count % processes], 'alice'));
    await Promise.all(enqueued);
    for (let look = 0; look < 20; look++) {
      expect((await running(one)).alice ?? 0).toBeLessThanOrEqual(LIMIT);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(await running(one)).toEqual({ alice: LIMIT });
  });
});

/** Pending runs like this one, each on a thread of its own, that are older. */
async function copies(server: EngineHarness, runId: string, count: number): Promise<void> {
  await runAsSystem('flood the queue', async () => {
    const { dataSource } = server;
    const [run] = await dataSource.query<Record<string, unknown>[]>(
      `SELECT * FROM "run" WHERE "run_id" = $1`,
      [runId],
    );
    expect(run).toBeDefined();
    for (let index = 0; index < count; index++) {
      const thread = `copied thread ${index}`;
      await dataSource.query(
        `INSERT INTO "thread" ("thread_id", "created_at", "updated_at", "metadata", "status", "config", "interrupts", "revision")
         SELECT $1, "created_at", "updated_at", "metadata", "status", "config", "interrupts", "revision"
         FROM "thread" WHERE "thread_id" = $2`,
        [thread, run.thread_id],
      );
      await dataSource.query(
        `INSERT INTO "run" ("run_id", "thread_id", "assistant_id", "graph_id", "created_at", "updated_at", "status", "metadata",
           "kwargs", "multitask_strategy", "principal", "decision", "position", "run_after", "attempt", "lease_losses",
           "resumable", "temporary")
         SELECT $1, $2, "assistant_id", "graph_id", "created_at", "updated_at", "status", "metadata", "kwargs",
           "multitask_strategy", "principal", "decision", "position", "run_after", "attempt", "lease_losses", "resumable",
           "temporary"
         FROM "run" WHERE "run_id" = $3`,
        [`copied run ${index}`, thread, runId],
      );
    }
  });
}
