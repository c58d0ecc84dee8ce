import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AIMessage, HumanMessage } from '@langchain/core/messages';
import {
  Annotation,
  Command,
  MemorySaver,
  MessagesAnnotation,
  START,
  StateGraph,
} from '@langchain/langgraph';
import { RemoteGraph } from '@langchain/langgraph/remote';
import { Client } from '@langchain/langgraph-sdk';
import { startApplication, type TestApplication } from '../support/application.js';
import { databases, type TestDatabase } from '../support/databases.js';
import { testGraphs } from '../support/graphs/index.js';

const HELLO = { messages: [new HumanMessage('hello')] };
const STEPS = ['one', 'two', 'three'];
const QUESTION = 'Publish draft of poem?';

/** Where a remote graph keeps its state: on a thread of its own, which comes with the first run. */
const onNewThread = () => ({ configurable: { thread_id: randomUUID() } });

async function collect<T>(stream: Promise<AsyncIterable<T>> | AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of await stream) items.push(item);
  return items;
}

describe.each(databases)('RemoteGraph on $dialect', ({ create }) => {
  let database: TestDatabase;
  let server: TestApplication;
  let tokens: Record<'alice' | 'bob', string>;
  beforeAll(async () => {
    database = await create();
    server = await startApplication({ databaseUrl: database.url, graphs: testGraphs });
    tokens = { alice: await server.token('alice'), bob: await server.token('bob') };
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  const bearer = (identity: 'alice' | 'bob') => ({ authorization: `Bearer ${tokens[identity]}` });
  const remote = (graphId: string, identity: 'alice' | 'bob' = 'alice') =>
    new RemoteGraph({
      graphId,
      url: server.url,
      headers: bearer(identity),
    });

  /** What the run of a thread ends with; RemoteGraph itself does not say. */
  const endOfRun = async (threadId: string) => {
    const { runs } = new Client({ apiUrl: server.url, apiKey: null, defaultHeaders: bearer('alice') });
    const [run] = await runs.list(threadId);
    return runs.join(threadId, run.run_id);
  };

  it('invokes a graph, with messages as input, and returns its last state', async () => {
    const result = await remote('agent').invoke(HELLO);
    expect(result).toMatchObject({
      messages: [
        { type: 'human', content: 'hello' },
        { type: 'ai', content: 'echo: hello' },
      ],
    });
  });

  it('keeps a conversation on a thread', async () => {
    const config = onNewThread();
    const agent = remote('agent');
    await agent.invoke(HELLO, config);
    expect(await agent.invoke({ messages: [new HumanMessage('again')] }, config)).toMatchObject({
      messages: [{}, {}, { content: 'again' }, { content: 'echo: again' }],
    });
  });

  it('passes config and context on to the graph', async () => {
    const config = { configurable: { model: 'm' }, context: { tone: 'dry' } };
    expect(await remote('context').invoke({}, config)).toEqual({
      seen: { context: { tone: 'dry' }, user: 'alice', model: 'm' },
    });
  });

  it('throws what the graph has thrown', async () => {
    await expect(remote('failing').invoke({ messages: [] })).rejects.toThrow(/There is no coffee left/);
  });

  describe('stream', () => {
    it('yields updates unless told otherwise', async () => {
      expect(await collect(remote('steps').stream({}))).toEqual(
        STEPS.map((node) => ({ [node]: { steps: [node] } })),
      );
    });

    it('yields the state after each step in mode values', async () => {
      const states = await collect(remote('steps').stream({ steps: ['zero'] }, { streamMode: 'values' }));
      expect(states).toEqual(
        [[], ['one'], ['one', 'two'], STEPS].map((steps) => ({ steps: ['zero', ...steps] })),
      );
    });

    it('yields tokens with their origin in mode messages', async () => {
      const tokens: [string, [{ content: string }, object]][] = await collect(
        remote('chat').stream(HELLO, { streamMode: ['messages'] }),
      );
      expect(tokens.map(([mode, [{ content }]]) => [mode, content])).toEqual([
        ['messages', 'You '],
        ['messages', 'said '],
        ['messages', 'hello'],
      ]);
      expect(tokens[0]?.[1][1]).toMatchObject({ langgraph_node: 'answer' });
    });

    it('names the mode where there are several', async () => {
      const items = await collect(
        remote('custom').stream({ goal: 1 }, { streamMode: ['values', 'updates', 'custom'] }),
      );
      expect(items).toEqual([
        ['values', { goal: 1 }],
        ['custom', { count: 1 }],
        ['updates', { count: { goal: 1 } }],
        ['values', { goal: 1 }],
      ]);
    });

    it.each(['tasks', 'checkpoints', 'debug'] as const)('takes mode %s', async (streamMode) => {
      const items: { name?: string; next?: string[]; type?: string }[] = await collect(
        remote('steps').stream({ steps: [] }, { streamMode }),
      );
      const expected = { tasks: 6, checkpoints: 5, debug: 11 };
      expect(items).toHaveLength(expected[streamMode]);
    });

    it('names the subgraph that something comes from', async () => {
      const items: [string[], object][] = await collect(
        remote('nested').stream({}, { streamMode: 'updates', subgraphs: true }),
      );
      const plain = (namespace: string[]) => namespace.map((segment) => segment.split(':')[0]);
      expect(items.map(([namespace, update]) => [plain(namespace), Object.keys(update)])).toEqual([
        [[], ['root']],
        [['child'], ['branch']],
        [['child', 'grandchild'], ['leaf']],
        [['child'], ['grandchild']],
        [[], ['child']],
      ]);
    });

    it('throws at an interrupt, and goes on with a command', async () => {
      const config = onNewThread();
      const review = remote('review');
      await expect(collect(review.stream({ text: 'poem' }, config))).rejects.toMatchObject({
        name: 'GraphInterrupt',
        interrupts: [{ value: { question: QUESTION } }],
      });
      expect(await collect(review.stream(new Command({ resume: 'yes' }), config))).toEqual([
        { review: { verdict: 'yes' } },
        { publish: { text: 'draft of poem: yes' } },
      ]);
    });

    it('stops reading when its signal is aborted, and the run goes on', async () => {
      const config = onNewThread();
      const slow = remote('slow');
      const signal = AbortSignal.timeout(400);
      await expect(slow.invoke({ ms: 50, steps: 20 }, { ...config, signal })).rejects.toThrow(
        /abort|timeout/i,
      );
      expect(await endOfRun(config.configurable.thread_id)).toMatchObject({ done: 20 });
    });
  });

  describe('the state of a thread', () => {
    const ranOn = async (graphId: string, input: object) => {
      const config = onNewThread();
      await remote(graphId).invoke(input, config);
      return config;
    };

    it('is returned as a snapshot', async () => {
      const config = await ranOn('steps', { steps: [] });
      expect(await remote('steps').getState(config)).toMatchObject({
        values: { steps: STEPS },
        next: [],
        tasks: [],
        config: {
          configurable: { ...config.configurable, checkpoint_ns: '', checkpoint_id: expect.any(String) },
        },
        metadata: { source: 'loop', step: 3 },
        createdAt: expect.any(String),
        parentConfig: { configurable: config.configurable },
      });
    });

    it('is returned at a checkpoint of the past', async () => {
      const config = await ranOn('steps', { steps: [] });
      const steps = remote('steps');
      const history = await collect(steps.getStateHistory(config));
      expect(history.map(({ next }) => next)).toEqual([[], ['three'], ['two'], ['one'], ['__start__']]);
      expect(await steps.getState(history[2].config)).toEqual(history[2]);
    });

    it('shows what its subgraphs wait for', async () => {
      const config = onNewThread();
      const nested = remote('nested');
      await expect(nested.invoke({ ask: true }, config)).rejects.toMatchObject({ name: 'GraphInterrupt' });
      await endOfRun(config.configurable.thread_id);
      const { next, tasks } = await nested.getState(config, { subgraphs: true });
      expect(next).toEqual(['child']);
      expect(tasks).toMatchObject([
        {
          name: 'child',
          interrupts: [{ value: 'Which way?' }],
          state: { next: ['grandchild'], values: { trail: ['root', 'branch'] } },
        },
      ]);
    });

    it('is listed from a checkpoint on, and by metadata', async () => {
      const config = await ranOn('steps', { steps: [] });
      const steps = remote('steps');
      const [, second] = await collect(steps.getStateHistory(config, { limit: 2 }));
      expect(await collect(steps.getStateHistory(config, { before: second.config, limit: 1 }))).toMatchObject(
        [{ next: ['two'] }],
      );
      expect(await collect(steps.getStateHistory(config, { filter: { source: 'input' } }))).toMatchObject([
        { metadata: { step: -1 } },
      ]);
    });

    it('is updated as a node would, and a run goes on from there', async () => {
      const config = await ranOn('steps', { steps: [] });
      const steps = remote('steps');
      const updated = await steps.updateState(config, { steps: ['mine'] }, 'two');
      expect(updated).toMatchObject({ configurable: config.configurable });
      expect(await steps.getState(config)).toMatchObject({ config: updated, next: ['three'] });
      expect(await steps.invoke(null, config)).toEqual({ steps: [...STEPS, 'mine', 'three'] });
    });
  });

  it('draws the graph, with subgraphs where it is told to', async () => {
    const nested = remote('nested');
    const plain = await nested.getGraphAsync();
    expect(Object.keys(plain.nodes)).toEqual(['__start__', 'root', 'child', '__end__']);
    expect(plain.drawMermaid()).toContain('root --> child');
    const deep = await nested.getGraphAsync({ xray: true });
    expect(Object.keys(deep.nodes).length).toBeGreaterThan(4);
  });

  it('names its subgraphs', async () => {
    const names: string[] = [];
    for await (const [name] of remote('nested').getSubgraphsAsync(undefined, true)) names.push(name);
    expect(names).toEqual(['child', 'child|grandchild']);
  });

  describe('as a node of another graph', () => {
    it('takes the state and gives back what it made of it', async () => {
      const graph = new StateGraph(MessagesAnnotation)
        .addNode('remote', remote('agent'))
        .addNode('last', ({ messages }) => ({ messages: [new AIMessage(`heard: ${messages.at(-1)?.text}`)] }))
        .addEdge(START, 'remote')
        .addEdge('remote', 'last')
        .compile();
      const { messages } = await graph.invoke(HELLO);
      expect(messages.map(({ text }) => text)).toEqual(['hello', 'echo: hello', 'heard: echo: hello']);
    });

    it('streams on as a subgraph', async () => {
      const graph = new StateGraph(Annotation.Root({ trail: Annotation<string[]> }))
        .addNode('remote', remote('nested'))
        .addEdge(START, 'remote')
        .compile();
      const items: [string[], string, object][] = await collect(
        graph.stream({ trail: [] }, { streamMode: ['updates'], subgraphs: true }),
      );
      const plain = (namespace: string[]) => namespace.map((segment) => segment.split(':')[0]);
      expect(items.map(([namespace, , update]) => [plain(namespace), Object.keys(update)])).toEqual([
        [['remote'], ['root']],
        [['remote', 'child'], ['branch']],
        [['remote', 'child', 'grandchild'], ['leaf']],
        [['remote', 'child'], ['grandchild']],
        [['remote'], ['child']],
        [[], ['remote']],
      ]);
    });

    it('interrupts the other graph, which resumes it', async () => {
      const review = remote('review');
      const Review = Annotation.Root({ text: Annotation<string>, verdict: Annotation<string> });
      const graph = new StateGraph(Review)
        .addNode('remote', (state, { configurable: { answer } = {} }) =>
          review.invoke(typeof answer === 'string' ? new Command({ resume: answer }) : state),
        )
        .addEdge(START, 'remote')
        .compile({ checkpointer: new MemorySaver() });
      // The remote graph runs on the thread of the graph that it is a part of.
      const config = onNewThread();
      await graph.invoke({ text: 'poem' }, config);
      const { next, tasks } = await graph.getState(config);
      expect(next).toEqual(['remote']);
      expect(tasks).toMatchObject([{ interrupts: [{ value: { question: QUESTION } }] }]);
      // The question came as an event; only the end of the run says that the state is stored.
      await endOfRun(config.configurable.thread_id);
      expect((await review.getState(config)).next).toEqual(['review']);
      const answered = { configurable: { ...config.configurable, answer: 'yes' } };
      expect(await graph.invoke(null, answered)).toEqual({ text: 'draft of poem: yes', verdict: 'yes' });
    });
  });

  describe('for two users', () => {
    it("reads, changes and continues nothing on somebody else's thread", async () => {
      const config = onNewThread();
      await remote('agent').invoke(HELLO, config);
      const before = await remote('agent').getState(config);
      const bobs = remote('agent', 'bob');
      const attempts = [
        () => bobs.getState(config),
        () => collect(bobs.getStateHistory(config)),
        () => bobs.updateState(config, { messages: [] }, 'agent'),
        () => bobs.invoke(HELLO, config),
        () => collect(bobs.stream(HELLO, config)),
      ];
      for (const attempt of attempts) {
        await expect(attempt()).rejects.toMatchObject({
          status: 404,
          message: expect.stringContaining(`Thread with ID ${config.configurable.thread_id} not found`),
        });
      }
      expect(await remote('agent').getState(config)).toEqual(before);
    });

    it('runs as the one whose token it carries', async () => {
      expect(await remote('context', 'bob').invoke({})).toMatchObject({ seen: { user: 'bob' } });
    });

    it('is refused without a token', async () => {
      const anonymous = new RemoteGraph({ graphId: 'agent', url: server.url });
      await expect(anonymous.invoke(HELLO)).rejects.toMatchObject({ status: 401 });
    });
  });
});
