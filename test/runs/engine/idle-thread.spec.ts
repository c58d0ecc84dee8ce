import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runAsSystem } from '../../../src/on-auth/authorization.context.js';
import { ThreadNotVisibleError } from '../../../src/runs/engine/run.errors.js';
import type { Run } from '../../../src/runs/run.entity.js';
import { Thread } from '../../../src/threads/thread.entity.js';
import { databases, type TestDatabase } from '../../support/databases.js';
import { as, EngineHarness, newRun, type RunSettings } from './support/engine.harness.js';

const CONCURRENCY = 2;

describe.each(databases)('a run whose thread was read when it was prepared, on $dialect', ({ create }) => {
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

  async function prepare(threadId: string, settings: RunSettings = {}, owner = 'alice'): Promise<Run> {
    const readThread = await server.thread(threadId);
    return Object.assign(newRun(threadId, settings, owner), { readThread });
  }

  function enqueue(run: Run, owner = 'alice'): Promise<unknown> {
    return as(owner, () => server.engine.enqueue([run]));
  }

  function change(
    threadId: string,
    columns: Partial<Pick<Thread, 'metadata' | 'revision'>>,
  ): Promise<unknown> {
    return runAsSystem('change a thread', () =>
      server.dataSource.manager.update(Thread, { thread_id: threadId }, columns as object),
    );
  }

  const inAnHour: RunSettings = {
    afterMs: 3_600_000,
    resumable: true,
    metadata: { text: 'it\'s "quoted" ☃', list: [1, null] },
    kwargs: { input: { deep: [{ a: 1 }] } },
    error: { error: 'E', message: 'm' },
  };

  it('is stored as a run is whose thread is looked for only then', async () => {
    const looked = newRun(await server.createThread(), inAnHour, 'alice');
    const prepared = Object.assign(await prepare(await server.createThread(), inAnHour), {
      created_at: looked.created_at,
      updated_at: looked.updated_at,
      run_after: looked.run_after,
      assistant_id: looked.assistant_id,
    });
    await enqueue(looked);
    await enqueue(prepared);
    const { run_id, thread_id } = prepared;
    const stored = await server.findRun(looked);
    expect(await server.findRun(prepared)).toEqual(Object.assign(stored!, { run_id, thread_id }));
  });

  it('makes the thread busy at once, and leaves the metadata that is there', async () => {
    const threadId = await server.createThread();
    const run = await prepare(threadId, inAnHour);
    await enqueue(run);
    const { graph_id, assistant_id } = run;
    expect(await server.thread(threadId)).toMatchObject({
      status: 'busy',
      revision: run.readThread!.revision + 1,
      metadata: { owner: 'alice', graph_id, assistant_id },
    });
  });

  it('loses nothing of what somebody has made of the thread meanwhile', async () => {
    const threadId = await server.createThread();
    const run = await prepare(threadId);
    const { revision } = run.readThread!;
    await change(threadId, { metadata: { owner: 'alice', color: 'blue' }, revision: revision + 5 });
    await enqueue(run);
    expect(await server.outcome(run)).toMatchObject({ status: 'success' });
    expect(await server.thread(threadId)).toMatchObject({
      status: 'idle',
      revision: revision + 6,
      metadata: { owner: 'alice', color: 'blue' },
    });
  });

  it('comes after the run that was queued meanwhile', async () => {
    const threadId = await server.createThread();
    const [late, early] = [await prepare(threadId), await prepare(threadId)];
    await enqueue(early);
    await enqueue(late);
    await server.outcome(late);
    const [first, second] = [await server.findRun(early), await server.findRun(late)];
    expect(second!.position).toBeGreaterThan(first!.position);
    expect(second!.started_at!.getTime()).toBeGreaterThanOrEqual(first!.ended_at!.getTime());
  });

  it('is refused, and takes no seat, when the thread has become somebody else’s meanwhile', async () => {
    for (let time = 0; time <= CONCURRENCY; time += 1) {
      const threadId = await server.createThread();
      const run = await prepare(threadId);
      await change(threadId, { metadata: { owner: 'bob' } });
      await expect(enqueue(run)).rejects.toThrow(ThreadNotVisibleError);
      expect(await server.findRun(run)).toBeNull();
      expect(await server.thread(threadId)).toMatchObject({ status: 'idle', metadata: { owner: 'bob' } });
    }
    expect(await server.run(await server.createThread())).toMatchObject({ status: 'success' });
  });

  it('is refused, and takes no seat, when the thread is gone meanwhile', async () => {
    for (let time = 0; time <= CONCURRENCY; time += 1) {
      const threadId = await server.createThread();
      const run = await prepare(threadId);
      await runAsSystem('delete a thread', () => server.dataSource.manager.delete(Thread, threadId));
      await expect(enqueue(run)).rejects.toThrow(ThreadNotVisibleError);
    }
    expect(await server.run(await server.createThread())).toMatchObject({ status: 'success' });
  });

  it('takes no seat when it cannot be stored', async () => {
    for (let time = 0; time <= CONCURRENCY; time += 1) {
      const threadId = await server.createThread();
      const run = await prepare(threadId);
      await expect(enqueue(Object.assign(run, { graph_id: null }))).rejects.toThrow();
      expect(await server.thread(threadId)).toMatchObject({ status: 'idle' });
    }
    expect(await server.run(await server.createThread())).toMatchObject({ status: 'success' });
  });
});
