import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuid } from 'uuid';
import { runAsSystem } from '../../../src/on-auth/authorization.context.js';
import { rowOf } from '../../../src/persistence/row.js';
import { Thread } from '../../../src/threads/thread.entity.js';
import { databases, type TestDatabase } from '../../support/databases.js';
import { collect, EngineHarness, until } from './support/engine.harness.js';

const TIMEOUT_MS = 300;

describe.each(databases)('the execution of runs on $dialect', ({ create }) => {
  let database: TestDatabase;
  let server: EngineHarness;

  beforeAll(async () => {
    database = await create();
    server = await EngineHarness.start(database.url, { timeoutMs: TIMEOUT_MS });
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  it('shows the graph who runs it, whatever the request says about that', async () => {
    const thread = await server.createThread();
    const { values } = await server.run(thread, {
      graph_id: 'context',
      kwargs: {
        context: { tone: 'kind' },
        config: { configurable: { model: 'small', langgraph_auth_user_id: 'mallory', thread_id: uuid() } },
      },
    });
    expect(values).toEqual({ seen: { context: { tone: 'kind' }, user: 'alice', model: 'small' } });
  });

  it('has no more rights than its creator was given, also when the thread has changed hands since', async () => {
    const thread = await server.createThread();
    const run = await server.enqueue(thread, { afterMs: 300 });
    const handedOver = rowOf<Thread>({ metadata: { owner: 'bob' }, values: { private: true } });
    await runAsSystem('hand a thread over', () =>
      server.dataSource.manager.update(Thread, { thread_id: thread }, handedOver),
    );
    await until('the run has ended', async () => (await server.findRun(run))?.status === 'error');
    expect(await server.thread(thread)).toMatchObject({
      metadata: { owner: 'bob' },
      values: { private: true },
      status: 'error',
    });
    expect((await server.findRun(run))?.error).not.toMatchObject({
      message: expect.stringContaining('private'),
    });
  });

  it('records what a graph fails with, and the thread shows it', async () => {
    const thread = await server.createThread();
    const run = await server.enqueue(thread, { graph_id: 'failing' });
    const error = { error: 'OutOfCoffeeError', message: 'There is no coffee left' };
    const outcome = await server.outcome(run);
    expect(outcome).toMatchObject({ status: 'error', error });
    expect(await server.findRun(run)).toMatchObject({ status: 'error', error });
    expect(await server.thread(thread)).toMatchObject({ status: 'error', interrupts: {} });
    expect(await server.outcome(run)).toEqual(outcome);
  });

  it('goes on with the next run after one that failed', async () => {
    const thread = await server.createThread();
    await server.enqueue(thread, { graph_id: 'failing' });
    const next = await server.enqueue(thread);
    expect((await server.outcome(next)).status).toBe('success');
    expect((await server.thread(thread)).status).toBe('idle');
  });

  it('fails for a graph that is not there', async () => {
    const run = await server.enqueue(await server.createThread(), { graph_id: 'nowhere' });
    expect((await server.outcome(run)).error).toEqual({
      error: 'GraphNotFoundError',
      message: 'Graph "nowhere" not found',
    });
  });

  it.each(['slow', 'stubborn'])(
    'ends a run that takes too long as a timeout, of a %s graph too',
    async (graph_id) => {
      const thread = await server.createThread();
      const run = await server.enqueue(thread, { graph_id, kwargs: { input: { ms: 1_000, steps: 1 } } });
      const events = await collect(server.events(run));
      expect(events.at(-1)).toMatchObject({ event: 'error', data: { error: 'TimeoutError' } });
      expect(await server.outcome(run)).toMatchObject({
        status: 'timeout',
        error: { error: 'TimeoutError' },
      });
      expect(await server.findRun(run)).toMatchObject({ status: 'timeout' });
      expect((await server.thread(thread)).status).toBe('error');
    },
  );

  it('succeeds where the graph pauses for an answer, and says what it asks', async () => {
    const thread = await server.createThread();
    const input = { text: 'a text' };
    const run = await server.enqueue(thread, { graph_id: 'review', kwargs: { input } });
    const outcome = await server.outcome(run);
    const question = [{ id: expect.any(String), value: { question: 'Publish draft of a text?' } }];
    expect(outcome).toEqual({
      status: 'success',
      values: { text: 'draft of a text', __interrupt__: question },
      error: null,
    });
    const paused = await server.thread(thread);
    expect(paused).toMatchObject({ status: 'interrupted', values: { text: 'draft of a text' } });
    expect(Object.values(paused.interrupts)).toEqual([question]);
    expect(await server.outcome(run)).toEqual(outcome);

    const answered = await server.run(thread, { graph_id: 'review', kwargs: { command: { resume: 'yes' } } });
    expect(answered.values).toEqual({ text: 'draft of a text: yes', verdict: 'yes' });
    expect(await server.thread(thread)).toMatchObject({ status: 'idle', interrupts: {} });
  });

  it('leaves a thread busy as long as another run waits, and then shows what the last one ended with', async () => {
    const thread = await server.createThread();
    const failing = await server.enqueue(thread, { graph_id: 'failing' });
    const delayed = await server.enqueue(thread, { afterMs: 60_000 });
    await server.outcome(failing);
    expect((await server.thread(thread)).status).toBe('busy');
    await server.cancel([delayed], 'rollback');
    expect((await server.thread(thread)).status).toBe('idle');
    await server.run(thread, { graph_id: 'failing' });
    expect((await server.thread(thread)).status).toBe('error');
  });
});
