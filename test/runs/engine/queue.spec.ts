import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuid } from 'uuid';
import {
  ThreadBusyError,
  ThreadNotVisibleError,
  ThreadTakenError,
} from '../../../src/runs/engine/run.errors.js';
import { ScopeViolationError } from '../../../src/persistence/scope-violation.error.js';
import type { EntityManager } from 'typeorm';
import type { Run } from '../../../src/runs/run.entity.js';
import { Thread } from '../../../src/threads/thread.entity.js';
import { newThread } from '../../../src/threads/thread.factory.js';
import { databases, type TestDatabase } from '../../support/databases.js';
import { gates } from './support/engine.graphs.js';
import { as, EngineHarness, newRun, until } from './support/engine.harness.js';

const CONCURRENCY = 3;

describe.each(databases)('the queue of runs on $dialect', ({ create }) => {
  let database: TestDatabase;
  let server: EngineHarness;

  beforeAll(async () => {
    database = await create();
    server = await EngineHarness.start(database.url, { concurrency: CONCURRENCY });
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  const gated = (name: string) => ({ graph_id: 'gated', kwargs: { input: { name } } });

  it('executes a run and tells its outcome', async () => {
    const thread = await server.createThread();
    const run = await server.enqueue(thread);
    expect(await server.outcome(run)).toEqual({
      status: 'success',
      values: { steps: ['one', 'two', 'three'] },
      error: null,
    });
    expect(await server.findRun(run)).toMatchObject({
      status: 'success',
      attempt: 1,
      worker_id: null,
      lease_expires_at: null,
      error: null,
      started_at: expect.any(Date),
      ended_at: expect.any(Date),
    });
  });

  it('leaves the run that it was given as it is', async () => {
    const run = await server.enqueue(await server.createThread());
    expect(run).toMatchObject({ status: 'pending', attempt: 0, worker_id: null });
    await server.outcome(run);
  });

  it('commits what is written alongside together with the runs, or neither', async () => {
    const thread_id = await server.createThread();
    const enqueue = (run: Run, work: (manager: EntityManager) => Promise<void>) =>
      as('alice', () => server.engine.enqueue([run], { alongside: work }));
    const rename = (manager: EntityManager, name: string) =>
      manager.update(Thread, { thread_id }, { config: { name } });

    const kept = newRun(thread_id, {}, 'alice');
    await enqueue(kept, async (manager) => {
      await rename(manager, 'kept');
    });
    expect((await server.outcome(kept)).status).toBe('success');
    expect((await server.thread(thread_id)).config).toEqual({ name: 'kept' });

    const refused = newRun(thread_id, {}, 'alice');
    const refusal = enqueue(refused, async (manager) => {
      await rename(manager, 'refused');
      throw new RangeError('not now');
    });
    await expect(refusal).rejects.toThrow(RangeError);
    expect(await server.findRun(refused)).toBeNull();
    expect(await server.thread(thread_id)).toMatchObject({ status: 'idle', config: { name: 'kept' } });
  });

  it('writes alongside again when a new thread turns out to be there already', async () => {
    const run = newRun(await server.createThread(), {}, 'alice');
    run.thread = newThread(run.thread_id, { owner: 'alice' });
    let calls = 0;
    await as('alice', () => server.engine.enqueue([run], { alongside: async () => void (calls += 1) }));
    expect((await server.outcome(run)).status).toBe('success');
    expect(calls).toBe(1);
  });

  it('makes a thread busy until its run has ended, and names what ran on it', async () => {
    const name = uuid();
    const thread = await server.createThread();
    const before = await server.thread(thread);
    const run = await server.enqueue(thread, gated(name));
    expect(await server.thread(thread)).toMatchObject({
      status: 'busy',
      metadata: { owner: 'alice', graph_id: 'gated', assistant_id: run.assistant_id },
      revision: before.revision + 1,
    });
    gates.open(name);
    await server.outcome(run);
    expect(await server.thread(thread)).toMatchObject({
      status: 'idle',
      values: { name, log: [`${name} came`, `${name} passed`] },
      interrupts: {},
      state_updated_at: expect.any(Date),
    });
  });

  it('executes the runs of one thread one after the other, in the order of their creation', async () => {
    const names = Array.from({ length: 8 }, () => uuid());
    const thread = await server.createThread();
    const runs = [];
    for (const name of names) runs.push(await server.enqueue(thread, gated(name)));
    for (const [index, run] of runs.entries()) {
      const name = names[index] ?? '';
      await until(`${name} is executed`, () => gates.entered.includes(name));
      const statuses = await Promise.all(runs.map(async (each) => (await server.findRun(each))?.status));
      expect(statuses).toEqual(
        names.map((_, at) => (at < index ? 'success' : at === index ? 'running' : 'pending')),
      );
      expect((await server.thread(thread)).status).toBe('busy');
      gates.open(name);
      await server.outcome(run);
    }
    expect(gates.entered.filter((name) => names.includes(name))).toEqual(names);
  });

  it('keeps the order of runs that are created in one millisecond, whatever their ids and clocks say', async () => {
    const names = Array.from({ length: 6 }, () => uuid());
    const thread = await server.createThread();
    const moment = new Date();
    const runs = names.map((name, index) =>
      newRun(
        thread,
        {
          ...gated(name),
          run_id: uuid().replace(/^./, String(9 - index)),
          created_at: moment,
          run_after: moment,
        },
        'alice',
      ),
    );
    await as('alice', () => server.engine.enqueue(runs));
    for (const name of names) gates.open(name);
    await Promise.all(runs.map((run) => server.outcome(run)));
    expect(gates.entered.filter((name) => names.includes(name))).toEqual(names);
  });

  it('executes as many runs at a time as it has seats', async () => {
    const names = Array.from({ length: CONCURRENCY + 2 }, () => uuid());
    const runs = await Promise.all(
      names.map(async (name) => server.enqueue(await server.createThread(), gated(name))),
    );
    await until(
      'all seats are taken',
      () => gates.entered.filter((name) => names.includes(name)).length === CONCURRENCY,
    );
    const statuses = await Promise.all(runs.map(async (run) => (await server.findRun(run))?.status));
    expect(statuses.filter((status) => status === 'running')).toHaveLength(CONCURRENCY);
    for (const name of names) gates.open(name);
    const outcomes = await Promise.all(runs.map((run) => server.outcome(run)));
    expect(outcomes.map(({ status }) => status)).toEqual(names.map(() => 'success'));
  });

  it('lets nobody pass those that wait for a seat', async () => {
    for (let round = 0; round < 5; round++) {
      const names = Array.from({ length: CONCURRENCY }, () => uuid());
      const threads = await Promise.all(Array.from({ length: 20 }, () => server.createThread()));
      const enqueue = () => server.enqueue(threads.pop()!);
      const seated = await Promise.all(names.map((name) => server.enqueue(threads.pop()!, gated(name))));
      const waiting = await Promise.all([enqueue(), enqueue(), enqueue()]);
      for (const name of names) gates.open(name);
      const latecomers = await Promise.all(seated.map((run) => server.outcome(run).then(enqueue)));
      await Promise.all([...waiting, ...latecomers].map((run) => server.outcome(run)));
      const starts = async (runs: readonly Run[]): Promise<number[]> =>
        (await Promise.all(runs.map((run) => server.findRun(run)))).map((run) => run!.started_at!.getTime());
      expect(Math.max(...(await starts(waiting)))).toBeLessThanOrEqual(
        Math.min(...(await starts(latecomers))),
      );
    }
  });

  it('does not start a run before its time, and lets others pass meanwhile', async () => {
    const thread = await server.createThread();
    const [late, early] = [uuid(), uuid()];
    gates.open(late);
    gates.open(early);
    const delayed = await server.enqueue(thread, { ...gated(late), afterMs: 400 });
    await server.outcome(await server.enqueue(thread, gated(early)));
    expect((await server.findRun(delayed))?.status).toBe('pending');
    await server.outcome(delayed);
    const ended = await server.findRun(delayed);
    expect(ended?.status).toBe('success');
    expect(ended?.started_at?.getTime()).toBeGreaterThanOrEqual(delayed.run_after.getTime());
    expect(gates.entered.filter((name) => name === late || name === early)).toEqual([early, late]);
  });

  it('creates the thread that comes with a run', async () => {
    const run = await server.enqueueWithThread();
    await server.outcome(run);
    expect(await server.thread(run.thread_id)).toMatchObject({
      status: 'idle',
      metadata: { owner: 'alice', graph_id: 'steps', assistant_id: run.assistant_id },
      values: { steps: ['one', 'two', 'three'] },
    });
  });

  it('deletes the thread of a temporary run at its end, and everything with it', async () => {
    const run = await server.enqueueWithThread({ temporary: true, resumable: true });
    await until('the thread is gone', async () => !(await server.hasThread(run.thread_id)));
    expect(await server.findRun(run)).toBeNull();
  });

  it('puts a run onto the thread that another request has created meanwhile', async () => {
    const thread = await server.createThread();
    const run = newRun(thread, {}, 'alice');
    run.thread = newThread(thread, { owner: 'alice' });
    await as('alice', () => server.engine.enqueue([run]));
    expect((await server.outcome(run)).status).toBe('success');
  });

  it('queues nothing on a thread that is not there', async () => {
    await expect(server.enqueue(uuid())).rejects.toThrow(ThreadNotVisibleError);
  });

  it('queues nothing on the thread of somebody else', async () => {
    const thread = await server.createThread('alice');
    const run = newRun(thread, {}, 'bob');
    await expect(as('bob', () => server.engine.enqueue([run]))).rejects.toThrow(ThreadNotVisibleError);
    expect(await server.findRun(run)).toBeNull();
    expect(await server.thread(thread)).toMatchObject({ status: 'idle', metadata: { owner: 'alice' } });
  });

  it('does not create a thread whose id somebody else has taken', async () => {
    const run = newRun(await server.createThread('alice'), {}, 'bob');
    run.thread = newThread(run.thread_id, { owner: 'bob' });
    await expect(as('bob', () => server.engine.enqueue([run]))).rejects.toThrow(ThreadTakenError);
    expect(await server.findRun(run)).toBeNull();
  });

  it('does not create a thread that its creator could not see', async () => {
    const run = newRun(uuid(), {}, 'bob');
    run.thread = newThread(run.thread_id, { owner: 'alice' });
    await expect(as('bob', () => server.engine.enqueue([run]))).rejects.toThrow(ScopeViolationError);
    expect(await server.hasThread(run.thread_id)).toBe(false);
  });

  it('queues all of several runs or none, and keeps no seat for those it did not', async () => {
    const [good, busy, name] = [await server.createThread(), await server.createThread(), uuid()];
    const blocking = await server.enqueue(busy, gated(name));
    const runs = [newRun(good, {}, 'alice'), newRun(busy, { multitask_strategy: 'reject' }, 'alice')];
    for (let times = 0; times < CONCURRENCY; times++)
      await expect(as('alice', () => server.engine.enqueue(runs))).rejects.toThrow(ThreadBusyError);
    expect(await server.findRun(newRun(good, { run_id: runs[0]?.run_id }, 'alice'))).toBeNull();
    expect((await server.thread(good)).status).toBe('idle');
    expect((await server.run(good)).status).toBe('success');
    gates.open(name);
    await server.outcome(blocking);
  });
});
