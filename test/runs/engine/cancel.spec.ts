import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuid } from 'uuid';
import { runAsSystem } from '../../../src/on-auth/authorization.context.js';
import { Thread } from '../../../src/threads/thread.entity.js';
import { databases, type TestDatabase } from '../../support/databases.js';
import { gates } from './support/engine.graphs.js';
import { as, collect, EngineHarness, until } from './support/engine.harness.js';

describe.each(databases)('cancelling on $dialect', ({ create }) => {
  let database: TestDatabase;
  let server: EngineHarness;

  beforeAll(async () => {
    database = await create();
    server = await EngineHarness.start(database.url);
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  const gated = (name: string) => ({ graph_id: 'gated', kwargs: { input: { name } } });

  async function runningRun(settings = {}) {
    const name = uuid();
    const thread = await server.createThread();
    const run = await server.enqueue(thread, { ...gated(name), ...settings });
    await until('the run is at its gate', () => gates.entered.includes(name));
    return { name, thread, run };
  }

  it('by interrupt keeps the run and what it did', async () => {
    const { name, thread, run } = await runningRun();
    const outcome = server.outcome(run);
    expect(await server.cancel([run], 'interrupt')).toBe(1);
    expect(await server.findRun(run)).toMatchObject({ status: 'interrupted', error: null, worker_id: null });
    expect(await outcome).toEqual({
      status: 'interrupted',
      values: { name, log: [`${name} came`] },
      error: null,
    });
    expect(await server.thread(thread)).toMatchObject({
      status: 'interrupted',
      values: { name, log: [`${name} came`] },
    });
  });

  it('by rollback removes the run and what it did', async () => {
    const { thread, run } = await runningRun();
    const outcome = server.outcome(run);
    expect(await server.cancel([run], 'rollback')).toBe(1);
    expect(await server.findRun(run)).toBeNull();
    expect(await outcome).toEqual({ status: 'deleted', values: null, error: null });
    expect(await server.thread(thread)).toMatchObject({ status: 'idle', interrupts: {} });
    expect(await server.run(thread)).toMatchObject({ values: { steps: ['one', 'two', 'three'] } });
  });

  it('by rollback shows the state before the run again', async () => {
    const [past, name, thread] = [uuid(), uuid(), await server.createThread()];
    gates.open(past);
    const before = await server.run(thread, gated(past));
    const run = await server.enqueue(thread, gated(name));
    await until('the run is at its gate', () => gates.entered.includes(name));
    await server.cancel([run], 'rollback');
    expect(await server.thread(thread)).toMatchObject({ status: 'idle', values: before.values });
  });

  it('without waiting answers before the run has stopped', async () => {
    const { run } = await runningRun();
    const outcome = server.outcome(run);
    expect(await server.cancel([run], 'interrupt', false)).toBe(1);
    expect((await outcome).status).toBe('interrupted');
  });

  it('ends the stream of the run without an error', async () => {
    const { run } = await runningRun();
    const events = collect(server.events(run));
    await server.cancel([run], 'interrupt');
    expect((await events).map(({ event }) => event)).toEqual(['metadata', 'values', 'values']);
  });

  it('a pending run by interrupt ends it at once', async () => {
    const thread = await server.createThread();
    const run = await server.enqueue(thread, { afterMs: 60_000 });
    const outcome = server.outcome(run);
    expect(await server.cancel([run], 'interrupt', false)).toBe(1);
    expect(await server.findRun(run)).toMatchObject({
      status: 'interrupted',
      attempt: 0,
      ended_at: expect.any(Date),
    });
    expect((await outcome).status).toBe('interrupted');
    expect((await server.thread(thread)).status).toBe('idle');
  });

  it('a pending run by rollback deletes it at once', async () => {
    const thread = await server.createThread();
    const run = await server.enqueue(thread, { afterMs: 60_000 });
    const outcome = server.outcome(run);
    expect(await server.cancel([run], 'rollback', false)).toBe(1);
    expect(await server.findRun(run)).toBeNull();
    expect((await outcome).status).toBe('deleted');
    expect((await server.thread(thread)).status).toBe('idle');
  });

  it('a pending run leaves the thread as busy as the other runs make it, and these go on', async () => {
    const { name, thread, run } = await runningRun();
    const second = await server.enqueue(thread);
    const third = await server.enqueue(thread);
    expect(await server.cancel([second], 'rollback')).toBe(1);
    expect((await server.thread(thread)).status).toBe('busy');
    gates.open(name);
    expect((await server.outcome(run)).status).toBe('success');
    expect((await server.outcome(third)).status).toBe('success');
  });

  it('a pending run leaves a thread interrupted that waits for an answer', async () => {
    const thread = await server.createThread();
    await server.run(thread, { graph_id: 'review', kwargs: { input: { draft: 'x' } } });
    const paused = await server.thread(thread);
    expect(paused.status).toBe('interrupted');
    const run = await server.enqueue(thread, { afterMs: 60_000 });
    expect((await server.thread(thread)).status).toBe('busy');
    await server.cancel([run], 'interrupt');
    expect(await server.thread(thread)).toMatchObject({
      status: 'interrupted',
      interrupts: paused.interrupts,
    });
  });

  it('the pending run of a thread of its own takes the thread along', async () => {
    const run = await server.enqueueWithThread({ temporary: true, afterMs: 60_000 });
    expect(await server.cancel([run], 'interrupt')).toBe(1);
    expect(await server.hasThread(run.thread_id)).toBe(false);
  });

  it('the running run of a thread of its own takes the thread along', async () => {
    const name = uuid();
    const run = await server.enqueueWithThread({ temporary: true, ...gated(name) });
    await until('the run is at its gate', () => gates.entered.includes(name));
    expect(await server.cancel([run], 'interrupt')).toBe(1);
    expect(await server.hasThread(run.thread_id)).toBe(false);
  });

  it('a run that has ended changes nothing', async () => {
    const thread = await server.createThread();
    const run = await server.enqueue(thread);
    await server.outcome(run);
    expect(await server.cancel([run], 'rollback')).toBe(0);
    expect((await server.findRun(run))?.status).toBe('success');
  });

  it('out of the reach of the caller changes nothing', async () => {
    const { name, run } = await runningRun();
    expect(await as('bob', () => server.engine.cancel([run.run_id], 'rollback', { wait: true }))).toBe(0);
    gates.open(name);
    expect((await server.outcome(run)).status).toBe('success');
  });

  it('by interrupt and then by rollback rolls back', async () => {
    const thread = await server.createThread();
    const run = await server.enqueue(thread, {
      graph_id: 'stubborn',
      kwargs: { input: { ms: 200, steps: 1 } },
    });
    expect(await server.cancel([run], 'interrupt', false)).toBe(1);
    expect(await server.cancel([run], 'rollback')).toBe(1);
    expect(await server.findRun(run)).toBeNull();
    expect((await server.thread(thread)).status).toBe('idle');
  });

  it('everything on a thread lets it be deleted for good, whatever its runs were about to do', async () => {
    const { thread, run } = await runningRun({ resumable: true });
    const pending = await server.enqueue(thread);
    await as('alice', () => server.engine.cancelAllOf([thread]));
    await runAsSystem('delete a thread', () =>
      server.dataSource.manager.delete(Thread, { thread_id: thread }),
    );
    expect(await server.findRun(run)).toBeNull();
    expect(await server.findRun(pending)).toBeNull();
  });

  it('is not needed for a thread that was deleted: its run stops, and nothing of it comes back', async () => {
    const { name, thread, run } = await runningRun();
    const outcome = server.outcome(run);
    await runAsSystem('delete a thread', () =>
      server.dataSource.manager.delete(Thread, { thread_id: thread }),
    );
    gates.open(name);
    expect((await outcome).status).toBe('deleted');
    expect(await server.hasThread(thread)).toBe(false);
  });
});
