import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunnableConfig } from '@langchain/core/runnables';
import { emptyCheckpoint } from '@langchain/langgraph-checkpoint';
import { Annotation, START, StateGraph, type LangGraphRunnableConfig } from '@langchain/langgraph';
import { CheckpointBlob } from '../../src/graphs/checkpointer/checkpoint-blob.entity.js';
import { CheckpointWrite } from '../../src/graphs/checkpointer/checkpoint-write.entity.js';
import { Checkpoint } from '../../src/graphs/checkpointer/checkpoint.entity.js';
import { EMPTY_THREAD_STATE } from '../../src/graphs/execution/thread.state.js';
import { runAsSystem } from '../../src/on-auth/authorization.context.js';
import { Thread } from '../../src/threads/thread.entity.js';
import { databases } from '../support/databases.js';
import { testGraphs } from '../support/graphs/index.js';
import { as } from './support/graph.database.js';
import { GraphHarness, hello } from './support/graph.harness.js';

const metadata = { source: 'loop', step: 1, parents: {} } as const;

/** A graph that asks the checkpointer for the thread that its config names, and tries to write to it. */
const spyingGraph = new StateGraph(
  Annotation.Root({ victim: Annotation<string>, found: Annotation<unknown> }),
)
  .addNode('spy', async ({ victim }, config: LangGraphRunnableConfig) => {
    const inner = testGraphs.agent.withConfig({ configurable: { thread_id: victim } });
    const found = await inner.getState({
      configurable: {
        ...config.configurable,
        thread_id: victim,
        checkpoint_ns: '',
        checkpoint_id: undefined,
      },
    });
    return { found: found.values };
  })
  .addEdge(START, 'spy')
  .compile();

describe.each(databases)('the checkpoints of a thread on $dialect', ({ create }) => {
  let graphs: GraphHarness;
  let victim: string;
  const runId = crypto.randomUUID();
  let config: RunnableConfig;

  beforeAll(async () => {
    graphs = await GraphHarness.open(await create(), { ...testGraphs, spying: spyingGraph });
    victim = await graphs.createThread('alice');
    await graphs.run('agent', hello, { threadId: victim, runId });
    config = { configurable: { thread_id: victim } };
  });
  afterAll(() => graphs.close());

  async function list(): Promise<unknown[]> {
    const found: unknown[] = [];
    for await (const tuple of graphs.checkpointer.list({ configurable: {} })) found.push(tuple);
    return found;
  }

  it('are there for their owner', async () => {
    expect(await as('alice', () => graphs.checkpointer.getTuple(config))).toBeDefined();
    expect(await as('alice', list)).toHaveLength(3);
  });

  it('do not exist for anybody else', async () => {
    expect(await as('bob', () => graphs.checkpointer.getTuple(config))).toBeUndefined();
    expect(await as('bob', list)).toEqual([]);
    expect(await graphs.stateOf(victim, 'agent', 'bob')).toEqual(EMPTY_THREAD_STATE);
    expect(await graphs.historyOf(victim, 'agent', 'bob')).toEqual([]);
  });

  it('are not copied by anybody else (abuse case 43)', async () => {
    const own = await graphs.createThread('bob');
    await as('bob', () => graphs.keeper.copyThread(victim, own));
    expect(await graphs.historyOf(own, 'agent', 'bob')).toEqual([]);
  });

  it('are not copied onto the thread of somebody else', async () => {
    const own = await graphs.createThread('bob');
    await graphs.collect(graphs.request('agent', hello, own), 'bob');
    await expect(as('bob', () => graphs.keeper.copyThread(own, victim))).rejects.toMatchObject({
      name: 'ScopeViolationError',
    });
  });

  it('take no writes of anybody else', async () => {
    const saved = await as('alice', () => graphs.checkpointer.getTuple(config));
    const at = saved?.config ?? {};
    const attempts: (() => Promise<unknown>)[] = [
      () => graphs.checkpointer.put(config, emptyCheckpoint(), metadata, {}),
      () =>
        graphs.checkpointer.put(config, { ...emptyCheckpoint(), channel_values: { a: 1 } }, metadata, {
          a: 1,
        }),
      () => graphs.checkpointer.putWrites(at, [['messages', 'hi']], 'task'),
      () => graphs.checkpointer.putWrites(at, [['__interrupt__', 'hi']], 'task'),
    ];
    for (const attempt of attempts)
      await expect(as('bob', attempt)).rejects.toMatchObject({ name: 'ScopeViolationError' });
    expect(await as('alice', () => graphs.checkpointer.getTuple(config))).toEqual(saved);
  });

  it('are not deleted or thinned out by anybody else', async () => {
    await as('bob', async () => {
      await graphs.checkpointer.deleteThread(victim);
      await graphs.keeper.deleteRun(victim, runId);
      await graphs.keeper.keepLatest(victim);
    });
    expect(await graphs.historyOf(victim, 'agent')).toHaveLength(3);
  });

  it('are not updated by anybody else', async () => {
    const update = { values: hello, asNode: 'agent' };
    await expect(
      as('bob', () => graphs.state.updateState({ threadId: victim, graphId: 'agent' }, update)),
    ).rejects.toMatchObject({ name: 'ScopeViolationError' });
  });

  it('are not run on by anybody else', async () => {
    await expect(graphs.collect(graphs.request('agent', hello, victim), 'bob')).rejects.toMatchObject({
      name: 'ScopeViolationError',
    });
    expect(await graphs.historyOf(victim, 'agent')).toHaveLength(3);
  });

  it('are not found by a graph that names the thread in its own config', async () => {
    const thread = await graphs.createThread('bob');
    const events = await graphs.collect(graphs.request('spying', { victim }, thread), 'bob');
    expect(events.at(-1)?.data).toEqual({ victim, found: {} });
    const own = await graphs.collect(
      graphs.request('spying', { victim }, await graphs.createThread('alice')),
    );
    expect(own.at(-1)?.data).toMatchObject({ found: { messages: expect.any(Array) } });
  });

  it('stay those of the caller when the stream is read elsewhere', async () => {
    const thread = await graphs.createThread('bob');
    for (const streamModes of [['values'], ['events']] as const) {
      const stream = as('bob', () =>
        graphs.executor.stream({ ...graphs.request('spying', { victim }, thread), streamModes }),
      );
      const events: unknown[] = [];
      await as('alice', async () => {
        for await (const event of stream) events.push(event);
      });
      expect(JSON.stringify(events)).not.toContain('echo: hello');
    }
  });

  it('are out of reach without a scope', async () => {
    await expect(graphs.checkpointer.getTuple(config)).rejects.toMatchObject({ name: 'ScopeMissingError' });
  });

  it('never hold the principal (abuse case 43)', async () => {
    const threadId = await graphs.createThread('alice');
    const user = { identity: 'alice', token: 's3cret' };
    await graphs.run(
      'nested',
      { ask: true },
      {
        threadId,
        configurable: { langgraph_auth_user: user, langgraph_auth_user_id: 'alice' },
        metadata: { langgraph_auth_user: user, nested: { langgraph_auth_permissions: ['x'] }, kept: 1 },
      },
    );
    const rows = await as('alice', () => graphs.keeper.read(threadId));
    expect(rows.checkpoints[0]?.metadata).toMatchObject({ kept: 1, nested: {} });
    expect(JSON.stringify(rows)).not.toMatch(/langgraph_auth|s3cret/);
  });

  it('go with their thread and leave nothing behind (abuse case 44)', async () => {
    const threadId = await graphs.createThread('alice');
    await graphs.run('nested', { ask: true }, { threadId });
    await as('alice', () => graphs.dataSource.getRepository(Thread).delete({ thread_id: threadId }));
    const left = await runAsSystem('look for what is left', () =>
      Promise.all(
        [Checkpoint, CheckpointBlob, CheckpointWrite].map((entity) =>
          graphs.dataSource.manager.countBy(entity, { thread_id: threadId }),
        ),
      ),
    );
    expect(left).toEqual([0, 0, 0]);
  });
});
