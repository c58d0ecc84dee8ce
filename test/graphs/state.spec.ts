import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StateUpdate, ThreadReference } from '../../src/graphs/execution/graph.state.js';
import { EMPTY_THREAD_STATE, type ThreadState } from '../../src/graphs/execution/thread.state.js';
import type { GraphFactoryRuntime } from '../../src/graphs/graph.js';
import { databases } from '../support/databases.js';
import { stepsGraph, testGraphs } from '../support/graphs/index.js';
import { as } from './support/graph.database.js';
import { GraphHarness, hello } from './support/graph.harness.js';

const TEXT = expect.any(String);

describe.each(databases)('the state of a thread on $dialect', ({ create }) => {
  let graphs: GraphHarness;
  const asked: string[] = [];
  beforeAll(async () => {
    const built = (_: unknown, { accessContext }: GraphFactoryRuntime): unknown => {
      asked.push(accessContext);
      return stepsGraph;
    };
    graphs = await GraphHarness.open(await create(), { ...testGraphs, built });
  });
  afterAll(() => graphs.close());

  async function stepped(): Promise<ThreadReference> {
    const threadId = await graphs.createThread();
    await graphs.run('steps', { steps: ['zero'] }, { threadId });
    return { threadId, graphId: 'steps' };
  }
  const update = (thread: ThreadReference, change: StateUpdate) =>
    as('alice', () => graphs.state.updateState(thread, change));
  const history = (thread: ThreadReference, options = {}): Promise<ThreadState[]> =>
    as('alice', () => graphs.state.getHistory(thread, { limit: 10, ...options }));

  it('is empty before the first run', async () => {
    const threadId = await graphs.createThread();
    expect(await graphs.stateOf(threadId, 'agent')).toEqual(EMPTY_THREAD_STATE);
    expect(await graphs.historyOf(threadId, 'agent')).toEqual([]);
    expect(await as('alice', () => graphs.state.summary({ threadId, graphId: 'agent' }))).toEqual({
      values: {},
      next: [],
      interrupts: {},
      error: null,
    });
  });

  it('has the shape of the contract', async () => {
    const threadId = await graphs.createThread();
    const runId = crypto.randomUUID();
    await graphs.run('agent', hello, {
      threadId,
      runId,
      metadata: { owner: 'alice', checkpoint_ns: 'x', __x: 1 },
    });
    expect(await graphs.stateOf(threadId, 'agent')).toEqual({
      values: {
        messages: [expect.objectContaining({ type: 'human' }), expect.objectContaining({ type: 'ai' })],
      },
      next: [],
      tasks: [],
      interrupts: [],
      metadata: {
        source: 'loop',
        step: 1,
        parents: {},
        ls_integration: 'langgraph',
        owner: 'alice',
        graph_id: 'agent',
        run_id: runId,
        run_attempt: 1,
        thread_id: threadId,
      },
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      checkpoint: { thread_id: threadId, checkpoint_id: TEXT, checkpoint_ns: '', checkpoint_map: null },
      parent_checkpoint: {
        thread_id: threadId,
        checkpoint_id: TEXT,
        checkpoint_ns: '',
        checkpoint_map: null,
      },
    });
  });

  it('can be read at an earlier checkpoint', async () => {
    const thread = await stepped();
    const states = await history(thread);
    for (const { checkpoint, values } of states) {
      const state = await as('alice', () => graphs.state.getState(thread, { checkpoint: checkpoint ?? {} }));
      expect(state).toMatchObject({ values, checkpoint });
    }
    expect(states.map(({ next }) => next)).toEqual([[], ['three'], ['two'], ['one'], ['__start__']]);
  });

  it('at an unknown checkpoint is empty and names it', async () => {
    const thread = await stepped();
    const checkpoint_id = crypto.randomUUID();
    expect(await as('alice', () => graphs.state.getState(thread, { checkpoint: { checkpoint_id } }))).toEqual(
      {
        ...EMPTY_THREAD_STATE,
        checkpoint: { thread_id: thread.threadId, checkpoint_id, checkpoint_ns: '', checkpoint_map: null },
      },
    );
  });

  it('does not look at a thread id inside a checkpoint', async () => {
    const [thread, other] = [await stepped(), await stepped()];
    const { checkpoint } = await graphs.stateOf(other.threadId, 'steps');
    const state = await as('alice', () => graphs.state.getState(thread, { checkpoint: checkpoint ?? {} }));
    expect(state.values).toEqual({});
  });

  it('has a history that can be cut, continued and filtered', async () => {
    const thread = await stepped();
    const all = await history(thread);
    expect(await history(thread, { limit: 2 })).toEqual(all.slice(0, 2));
    expect(await history(thread, { before: all[1]?.checkpoint })).toEqual(all.slice(2));
    expect(await history(thread, { metadata: { step: 1 } })).toEqual([all[2]]);
    expect(await history(thread, { metadata: { source: 'input', step: 1 } })).toEqual([]);
    expect(await history(thread, { metadata: { source: 'loop', parents: {} } })).toEqual(all.slice(0, 4));
    expect(await history(thread, { checkpoint: all[3]?.checkpoint })).toEqual([all[3]]);
  });

  it.each(['source" OR 1=1 --', "so'urce", '$.source', 'a.b', '*', '__proto__'])(
    'finds nothing by the hostile metadata key %s',
    async (key) => {
      const metadata = JSON.parse(
        JSON.stringify({ [key]: 'loop' }).replace('{"__proto__"', '{"__proto__"'),
      ) as object;
      expect(await history(await stepped(), { metadata })).toEqual([]);
    },
  );

  it('has a history longer than a page', async () => {
    const threadId = await graphs.createThread();
    await graphs.run('slow', { ms: 0, steps: 120 }, { threadId, recursionLimit: 200 });
    const states = await as('alice', () =>
      graphs.state.getHistory({ threadId, graphId: 'slow' }, { limit: 1000 }),
    );
    expect(states.map(({ metadata }) => metadata?.step)).toEqual(
      Array.from({ length: 122 }, (_, index) => 120 - index),
    );
  });

  it('keeps the histories of subgraphs', async () => {
    const threadId = await graphs.createThread();
    const thread = { threadId, graphId: 'nested' };
    await graphs.run('nested', { ask: true }, { threadId });
    const { tasks } = await graphs.stateOf(threadId, 'nested');
    const states = await history(thread, {
      checkpoint: { checkpoint_ns: tasks[0]?.checkpoint?.checkpoint_ns },
    });
    expect(states.map(({ next }) => next)).toEqual([['grandchild'], ['branch'], ['__start__']]);
  });

  describe('updated', () => {
    it('is as if the node had returned the values', async () => {
      const thread = await stepped();
      const before = await graphs.stateOf(thread.threadId, 'steps');
      const address = await update(thread, {
        values: { steps: ['extra'] },
        asNode: 'one',
        metadata: { by: 'hand' },
      });
      const after = await graphs.stateOf(thread.threadId, 'steps');
      expect(after).toMatchObject({
        values: { steps: ['zero', 'one', 'two', 'three', 'extra'] },
        next: ['two'],
        metadata: { source: 'update', by: 'hand', graph_id: 'steps' },
        checkpoint: address,
        parent_checkpoint: before.checkpoint,
      });
    });

    it('forks from an earlier checkpoint, and both branches keep their values', async () => {
      const thread = await stepped();
      const states = await history(thread);
      await update(thread, {
        values: { steps: ['other'] },
        asNode: 'one',
        checkpoint: states[3]?.checkpoint ?? {},
      });
      await graphs.run('steps', null, { threadId: thread.threadId });
      expect((await graphs.stateOf(thread.threadId, 'steps')).values).toEqual({
        steps: ['zero', 'other', 'two', 'three'],
      });
      const old = await as('alice', () =>
        graphs.state.getState(thread, { checkpoint: states[0]?.checkpoint ?? {} }),
      );
      expect(old.values).toEqual({ steps: ['zero', 'one', 'two', 'three'] });
    });

    it('within a subgraph is as if the subgraph’s node had returned the values', async () => {
      const threadId = await graphs.createThread();
      const thread = { threadId, graphId: 'nested' };
      await graphs.run('nested', { ask: true }, { threadId });
      const { tasks } = await graphs.stateOf(threadId, 'nested');
      const checkpoint = { checkpoint_ns: tasks[0]?.checkpoint?.checkpoint_ns };
      await update(thread, { values: { trail: ['by hand'] }, asNode: 'branch', checkpoint });
      const [state] = await history(thread, { checkpoint });
      expect(state).toMatchObject({ values: { trail: ['root', 'branch', 'by hand'] }, next: ['grandchild'] });
      for (const asNode of ['root', 'leaf', 'constructor'])
        await expect(update(thread, { values: {}, asNode, checkpoint })).rejects.toThrow(
          `Node "${asNode}" does not exist`,
        );
    });

    it('coerces messages', async () => {
      const thread = { threadId: await graphs.createThread(), graphId: 'agent' };
      await update(thread, { values: { messages: [{ role: 'user', content: 'hi' }] } });
      expect((await graphs.stateOf(thread.threadId, 'agent')).values).toMatchObject({
        messages: [{ type: 'human', content: 'hi', id: TEXT }],
      });
    });

    it('by nothing is one more checkpoint', async () => {
      const thread = await stepped();
      await update(thread, { values: null });
      expect(await history(thread)).toHaveLength(6);
    });

    const refused: [string, string, StateUpdate, string][] = [
      ['an unknown node', 'steps', { values: {}, asNode: 'nope' }, 'Node "nope" does not exist'],
      [
        'values that it cannot take',
        'agent',
        { values: { messages: [{ nonsense: 1 }] } },
        'Unable to coerce',
      ],
      [
        'an unknown subgraph',
        'nested',
        { values: {}, checkpoint: { checkpoint_ns: 'nope:1' } },
        'Subgraph "nope" not found',
      ],
    ];
    it.each(refused)('refuses %s', async (_, graphId, change, message) => {
      const thread = { threadId: await graphs.createThread(), graphId };
      const refusal = update(thread, change);
      await expect(refusal).rejects.toMatchObject({ name: 'InvalidStateUpdateError' });
      await expect(refusal).rejects.toThrow(message);
    });
  });

  it('can be begun with a past', async () => {
    const thread = { threadId: await graphs.createThread(), graphId: 'agent' };
    await as('alice', () =>
      graphs.state.applySupersteps(thread, [
        { updates: [{ values: { messages: [{ role: 'user', content: 'hi' }] }, asNode: '__start__' }] },
        {
          updates: [
            { command: { update: { messages: [{ role: 'assistant', content: 'ho' }] } }, asNode: 'agent' },
          ],
        },
      ]),
    );
    expect(await graphs.stateOf(thread.threadId, 'agent')).toMatchObject({
      values: { messages: [{ content: 'hi' }, { content: 'ho' }] },
      next: [],
    });
  });

  it('is run on from an earlier checkpoint', async () => {
    const thread = await stepped();
    const states = await history(thread);
    const configurable = { checkpoint_id: states[2]?.checkpoint?.checkpoint_id };
    const events = await graphs.run('steps', null, { threadId: thread.threadId, configurable });
    expect(events.at(-1)?.data).toEqual({ steps: ['zero', 'one', 'two', 'three'] });
    expect(events.length).toBeLessThan(5);
  });

  it('tells a factory what its graph is for', async () => {
    const thread = { threadId: await graphs.createThread(), graphId: 'built' };
    asked.length = 0;
    await graphs.run('built', { steps: [] }, thread);
    await as('alice', () => graphs.state.getState(thread));
    await update(thread, { values: { steps: [] }, asNode: 'one' });
    expect(asked).toEqual(['threads.create_run', 'threads.read', 'threads.update']);
  });
});
