import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { leaseOf } from '../../../src/runs/engine/queue/lease.js';
import { RunQueue } from '../../../src/runs/engine/queue/run.queue.js';
import type { Run } from '../../../src/runs/run.entity.js';
import { databases, type TestDatabase } from '../../support/databases.js';
import { EngineHarness } from './support/engine.harness.js';

describe.each(databases)('a claim on $dialect', ({ dialect, create }) => {
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

  const idsOf = (runs: readonly Run[]): string[] => runs.map(({ run_id }) => run_id);

  it('brings the first runs, in their order, and no more of them than it may', async () => {
    const queue = await start();
    const queued = await enqueueOnThreads(7);
    expect(queue.largestClaim).toBe(dialect === 'postgres' ? 1 : 16);
    const most = Math.min(3, queue.largestClaim);
    const claimed: string[] = [];
    while (claimed.length < queued.length) {
      const runs = idsOf(await queue.claim(most));
      expect(runs).toHaveLength(Math.min(most, queued.length - claimed.length));
      claimed.push(...runs);
    }
    expect(claimed).toEqual(queued);
    expect(await queue.claim(most)).toEqual([]);
  });

  it('brings whole runs, as they are in the database afterwards', async () => {
    const queue = await start();
    await enqueueOnThreads(1);
    const [run] = await queue.claim(1);
    expect(run).toMatchObject({ status: 'running', attempt: 1, started_at: expect.any(Date) });
    expect(run).toEqual(await server.findRun(run));
  });

  it('brings one run of a thread at a time, and always its oldest one', async () => {
    const queue = await start();
    const thread = await server.createThread();
    const [first] = [await server.enqueue(thread), await server.enqueue(thread)];
    for (let attempt = 1; attempt <= 2; attempt++) {
      const [run, ...others] = await queue.claim(queue.largestClaim);
      expect([run.run_id, run.attempt, others]).toEqual([first.run_id, attempt, []]);
      expect(await queue.claim(queue.largestClaim)).toEqual([]);
      expect(await queue.release(leaseOf(run))).toBe(true);
    }
  });

  it('brings one run at a time where identities have slots, as long as there are some', async () => {
    const queue = await start(2);
    const queued = await enqueueOnThreads(3);
    expect(queue.largestClaim).toBe(1);
    const claims = [await queue.claim(1), await queue.claim(1), await queue.claim(1)];
    expect(claims.map(idsOf)).toEqual([[queued[0]], [queued[1]], []]);
  });
});
