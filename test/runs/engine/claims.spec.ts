import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { leaseOf } from '../../../src/runs/engine/queue/lease.js';
import { RunQueue } from '../../../src/runs/engine/queue/run.queue.js';
import { databases, type TestDatabase } from '../../support/databases.js';
import { EngineHarness } from './support/engine.harness.js';

describe.each(databases)('a claim on $dialect', ({ create }) => {
  let database: TestDatabase;
  let server: EngineHarness;

  beforeEach(async () => (database = await create()));
  afterEach(async () => {
    await server.stop();
    await database.drop();
  });

  /** A server that executes nothing. */
  async function start(concurrencyPerIdentity = 0): Promise<RunQueue> {
    server = await EngineHarness.start(database.url, { concurrency: 0, concurrencyPerIdentity });
    return server.app.get(RunQueue, { strict: false });
  }

  async function enqueueOnThreads(count: number): Promise<readonly string[]> {
    const ids: string[] = [];
    for (let thread = 0; thread < count; thread++)
      ids.push((await server.enqueue(await server.createThread())).run_id);
    return ids;
  }

  it('brings the first run, and after it the next one', async () => {
    const queue = await start();
    const queued = await enqueueOnThreads(4);
    for (const run_id of queued) expect(await queue.claim()).toMatchObject({ run_id });
    expect(await queue.claim()).toBeUndefined();
  });

  it('brings all of a run, as it is in the database afterwards', async () => {
    const queue = await start();
    await enqueueOnThreads(1);
    const run = (await queue.claim())!;
    expect(run).toMatchObject({ status: 'running', attempt: 1, started_at: expect.any(Date) });
    expect(run).toEqual(await server.findRun(run));
  });

  it('brings one run of a thread at a time, and always its oldest one', async () => {
    const queue = await start();
    const thread = await server.createThread();
    const [{ run_id }] = [await server.enqueue(thread), await server.enqueue(thread)];
    for (let attempt = 1; attempt <= 2; attempt++) {
      const run = (await queue.claim())!;
      expect(run).toMatchObject({ run_id, attempt });
      expect(await queue.claim()).toBeUndefined();
      expect(await queue.release(leaseOf(run))).toBe(true);
    }
  });

  it('brings no more runs of an identity than it has slots, and all of each', async () => {
    const queue = await start(2);
    const queued = await enqueueOnThreads(3);
    const runs = [await queue.claim(), await queue.claim(), await queue.claim()];
    expect(runs.map((run) => run?.run_id)).toEqual([queued[0], queued[1], undefined]);
    expect(runs[0]).toEqual(await server.findRun(runs[0]!));
  });
});
