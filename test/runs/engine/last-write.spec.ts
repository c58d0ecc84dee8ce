import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { GraphState } from '../../../src/graphs/execution/graph.state.js';
import { runAsSystem } from '../../../src/on-auth/authorization.context.js';
import type { RunEvent } from '../../../src/runs/engine/run.engine.js';
import { RunWorker } from '../../../src/runs/engine/worker/run.worker.js';
import { Run } from '../../../src/runs/run.entity.js';
import { Thread } from '../../../src/threads/thread.entity.js';
import { databases, type TestDatabase } from '../../support/databases.js';
import { gates } from './support/engine.graphs.js';
import { as, collect, EngineHarness, until } from './support/engine.harness.js';

const inAnHour = new Date(Date.now() + 3_600_000);

describe.each(databases)('what a run wrote last, on $dialect', ({ create }) => {
  let database: TestDatabase;
  let server: EngineHarness;

  beforeAll(async () => {
    database = await create();
    server = await EngineHarness.start(database.url, { leaseMs: 1_500 });
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  interface Played {
    readonly name: string;
    readonly run: Run;
    readonly events: readonly RunEvent[];
  }

  /** Plays a run to the end of its graph, and changes something before that end can be recorded. */
  async function play(change: (manager: EntityManager, run: Run) => Promise<unknown>): Promise<Played> {
    const name = uuid();
    const threadId = await server.createThread();
    const run = await server.enqueue(threadId, { graph_id: 'gated', kwargs: { input: { name } } });
    const seen: RunEvent[] = [];
    const leaving = new AbortController();
    const reading = (async () => {
      for await (const event of server.events(run, { signal: leaving.signal })) seen.push(event);
    })();
    await until('the run is at its gate', () => gates.entered.includes(name));
    await until('what it did before is saved', async () => (await logOf(run)) !== undefined);
    await runAsSystem('get in between', () =>
      server.dataSource.transaction(async (manager) => {
        // Locks the thread, which comes first at the end of a run; SQLite has one writer anyhow.
        await manager.update(Thread, { thread_id: threadId }, { status: 'busy' });
        gates.open(name);
        await until('the graph has said its last', () =>
          seen.some(({ data }) => JSON.stringify(data).includes(' passed')),
        );
        await change(manager, run);
      }),
    );
    const worker = server.app.get(RunWorker, { strict: false });
    await until('the worker has done with it', () => !worker.isExecuting(run.run_id));
    if ((await server.findRun(run))?.status === 'running') leaving.abort();
    await reading;
    return { name, run, events: seen };
  }

  function logOf({ thread_id, graph_id }: Run, owner = 'alice'): Promise<unknown> {
    return as(owner, async () => {
      const { values } = await server.app
        .get(GraphState, { strict: false })
        .summary({ threadId: thread_id, graphId: graph_id });
      return (values as { log?: unknown } | null)?.log;
    });
  }

  it('is there when its end is', async () => {
    const { name, run } = await play(() => Promise.resolve());
    expect(await server.outcome(run)).toMatchObject({ status: 'success' });
    expect(await logOf(run)).toEqual([`${name} came`, `${name} passed`]);
  });

  it('stays when somebody interrupts the run before its end is recorded', async () => {
    const { name, run } = await play((manager, { run_id }) =>
      manager.update(Run, { run_id }, { cancel_action: 'interrupt' }),
    );
    expect(await server.findRun(run)).toMatchObject({ status: 'interrupted', attempt: 1 });
    expect(await logOf(run)).toEqual([`${name} came`, `${name} passed`]);
    expect(await server.thread(run.thread_id)).toMatchObject({
      status: 'idle',
      values: { log: [`${name} came`, `${name} passed`] },
    });
  });

  it('goes when somebody takes the run back before its end is recorded', async () => {
    const { run } = await play((manager, { run_id }) =>
      manager.update(Run, { run_id }, { cancel_action: 'rollback' }),
    );
    expect(await server.findRun(run)).toBeNull();
    expect(await logOf(run)).toBeUndefined();
  });

  it('is not written by a worker that has lost the run', async () => {
    const { run, name } = await play((manager, { run_id }) =>
      manager.update(Run, { run_id }, { worker_id: 'somebody else', lease_expires_at: inAnHour }),
    );
    expect(await server.findRun(run)).toMatchObject({ status: 'running', worker_id: 'somebody else' });
    expect(await logOf(run)).toEqual([`${name} came`]);
  });

  it('is refused, and the run fails and says so, when the thread has become somebody else’s', async () => {
    const { run, name, events } = await play((manager, { thread_id }) =>
      manager.update(Thread, { thread_id }, { metadata: { owner: 'bob' } }),
    );
    expect(events.at(-1)).toMatchObject({ event: 'error' });
    expect(await server.findRun(run)).toMatchObject({
      status: 'error',
      attempt: 1,
      error: { error: 'ScopeViolationError' },
    });
    expect(await logOf(run, 'bob')).toEqual([`${name} came`]);
    expect(await server.thread(run.thread_id)).toMatchObject({ status: 'error', values: null });
  });

  it('can be read by a run that follows at once', async () => {
    const threadId = await server.createThread();
    const names = [uuid(), uuid()];
    for (const name of names) gates.open(name);
    const runs: Run[] = [];
    for (const name of names)
      runs.push(await server.enqueue(threadId, { graph_id: 'gated', kwargs: { input: { name } } }));
    await Promise.all(runs.map((run) => collect(server.events(run))));
    expect(await logOf(runs[0])).toEqual(names.flatMap((name) => [`${name} came`, `${name} passed`]));
  });
});
