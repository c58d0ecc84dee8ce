import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { databases } from '../support/databases.js';
import { as } from './support/graph.database.js';
import { GraphHarness } from './support/graph.harness.js';

const question = { id: expect.any(String), value: { question: 'Publish draft of news?' } };

describe.each(databases)('a graph that asks a human, on $dialect', ({ create }) => {
  let graphs: GraphHarness;
  beforeAll(async () => {
    graphs = await GraphHarness.open(await create());
  });
  afterAll(() => graphs.close());

  async function asked(graph = 'review', input: object = { text: 'news' }): Promise<string> {
    const threadId = await graphs.createThread();
    await graphs.run(graph, input, { threadId });
    return threadId;
  }

  it('tells its question as the last update and the last values', async () => {
    const events = await graphs.run('review', { text: 'news' }, { streamModes: ['values', 'updates'] });
    expect(events).toEqual([
      { event: 'values', data: { text: 'news' } },
      { event: 'updates', data: { draft: { text: 'draft of news' } } },
      { event: 'values', data: { text: 'draft of news' } },
      { event: 'updates', data: { __interrupt__: [question] } },
      { event: 'values', data: { __interrupt__: [question] } },
    ]);
  });

  it('waits in its state, and in the summary of the thread', async () => {
    const threadId = await asked();
    const state = await graphs.stateOf(threadId, 'review');
    expect(state).toMatchObject({
      next: ['review'],
      tasks: [{ name: 'review', error: null, interrupts: [question], state: null, result: null }],
      interrupts: [question],
    });
    const summary = await as('alice', () => graphs.state.summary({ threadId, graphId: 'review' }));
    expect(summary).toEqual({
      values: { text: 'draft of news' },
      next: ['review'],
      error: null,
      interrupts: { [state.tasks[0]?.id ?? '']: [question] },
    });
  });

  it('goes on with the answer', async () => {
    const threadId = await asked();
    const events = await graphs.run('review', null, { threadId, command: { resume: 'yes' } });
    expect(events.at(-1)?.data).toEqual({ text: 'draft of news: yes', verdict: 'yes' });
    expect(await as('alice', () => graphs.state.summary({ threadId, graphId: 'review' }))).toEqual({
      values: { text: 'draft of news: yes', verdict: 'yes' },
      next: [],
      error: null,
      interrupts: {},
    });
  });

  it('can be answered by the id of the question', async () => {
    const threadId = await asked();
    const { interrupts } = await graphs.stateOf(threadId, 'review');
    const resume = { [interrupts?.[0]?.id ?? '']: 'maybe' };
    const events = await graphs.run('review', null, { threadId, command: { resume } });
    expect(events.at(-1)?.data).toMatchObject({ verdict: 'maybe' });
  });

  it('can be sent elsewhere and changed on the way', async () => {
    const threadId = await asked();
    const command = { goto: 'publish', update: { verdict: 'skipped' } };
    const events = await graphs.run('review', null, { threadId, command });
    expect(events.at(-1)?.data).toMatchObject({ text: expect.stringContaining(': skipped') });
  });

  it('asks from within subgraphs, under the task of the root', async () => {
    const threadId = await asked('nested', { ask: true });
    const state = await graphs.stateOf(threadId, 'nested');
    expect(state.tasks).toMatchObject([
      {
        name: 'child',
        interrupts: [{ value: 'Which way?' }],
        checkpoint: { thread_id: threadId, checkpoint_ns: `child:${state.tasks[0]?.id}` },
      },
    ]);
    const summary = await as('alice', () => graphs.state.summary({ threadId, graphId: 'nested' }));
    expect(Object.keys(summary.interrupts)).toEqual([state.tasks[0]?.id]);
    const events = await graphs.run('nested', null, { threadId, command: { resume: 'left' } });
    expect(events.at(-1)?.data).toMatchObject({ trail: ['root', 'branch', 'leaf left'] });
  });

  it('shows the states of waiting subgraphs when asked to', async () => {
    const threadId = await asked('nested', { ask: true });
    const state = await as('alice', () =>
      graphs.state.getState({ threadId, graphId: 'nested' }, { subgraphs: true }),
    );
    expect(state.tasks[0]).toMatchObject({
      checkpoint: null,
      state: {
        values: { trail: ['root', 'branch'] },
        next: ['grandchild'],
        tasks: [{ name: 'grandchild', state: { next: ['leaf'] } }],
      },
    });
  });

  it.each(['interruptBefore', 'interruptAfter'] as const)('pauses at a node by %s', async (where) => {
    const threadId = await graphs.createThread();
    const events = await graphs.run('steps', { steps: [] }, { threadId, [where]: ['two'] });
    expect(events.at(-1)?.data).toEqual({ __interrupt__: [] });
    const state = await graphs.stateOf(threadId, 'steps');
    expect(state.next).toEqual([where === 'interruptBefore' ? 'two' : 'three']);
    const resumed = await graphs.run('steps', null, { threadId });
    expect(resumed.at(-1)?.data).toEqual({ steps: ['one', 'two', 'three'] });
  });

  it('pauses at every node by *', async () => {
    const threadId = await graphs.createThread();
    await graphs.run('steps', { steps: [] }, { threadId, interruptBefore: '*' });
    const summary = await as('alice', () => graphs.state.summary({ threadId, graphId: 'steps' }));
    expect(summary).toMatchObject({ next: ['one'], error: null });
    expect(Object.values(summary.interrupts)).toEqual([[]]);
  });
});
