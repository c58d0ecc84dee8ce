import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StreamMode } from '../../src/graphs/execution/run.request.js';
import { databases } from '../support/databases.js';
import { GraphHarness, hello, names } from './support/graph.harness.js';

const TEXT = expect.any(String);
const human = (content: string): object => ({
  type: 'human',
  content,
  id: TEXT,
  additional_kwargs: {},
  response_metadata: {},
});
const ai = (content: string): object => expect.objectContaining({ type: 'ai', content, id: TEXT });

describe.each(databases)('the stream of a run on $dialect', ({ create }) => {
  let graphs: GraphHarness;
  beforeAll(async () => {
    graphs = await GraphHarness.open(await create());
  });
  afterAll(() => graphs.close());

  it('begins with the run and the attempt', async () => {
    const request = graphs.request('agent', hello, await graphs.createThread(), { attempt: 3 });
    const [first] = await graphs.collect(request);
    expect(first).toEqual({
      event: 'metadata',
      data: { run_id: request.config.configurable.run_id, attempt: 3 },
    });
  });

  const order: [string, StreamMode[], string[]][] = [
    ['agent', ['values'], ['values', 'values']],
    ['agent', ['updates'], ['updates']],
    ['agent', ['messages'], ['messages/complete', 'messages/complete']],
    ['agent', ['messages-tuple'], ['messages']],
    ['agent', ['custom'], []],
    ['agent', ['debug'], ['debug', 'debug', 'debug', 'debug', 'debug']],
    ['agent', ['tasks'], ['tasks', 'tasks']],
    ['agent', ['checkpoints'], ['checkpoints', 'checkpoints', 'checkpoints']],
    ['agent', ['events'], ['events', 'events', 'events', 'events']],
    ['agent', ['values', 'updates'], ['values', 'updates', 'values']],
    ['agent', ['values', 'messages-tuple', 'custom'], ['values', 'messages', 'values']],
    ['agent', [], []],
    [
      'chat',
      ['messages'],
      [
        'messages/complete',
        'messages/metadata',
        'messages/partial',
        'messages/partial',
        'messages/partial',
        'messages/complete',
      ],
    ],
    ['chat', ['messages-tuple'], ['messages', 'messages', 'messages']],
    ['chat', ['events'], Array<string>(9).fill('events')],
    [
      'chat',
      ['values', 'messages-tuple', 'custom'],
      ['values', 'messages', 'messages', 'messages', 'values'],
    ],
  ];
  it.each(order)(
    'of %s in modes %j has the events of the reference server',
    async (graph, streamModes, expected) => {
      expect(names(await graphs.run(graph, hello, { streamModes }))).toEqual(expected);
    },
  );

  it('tells the full state after the input and after each step', async () => {
    const events = await graphs.run('agent', hello);
    expect(events).toEqual([
      { event: 'values', data: { messages: [human('hello')] } },
      { event: 'values', data: { messages: [human('hello'), ai('echo: hello')] } },
    ]);
  });

  it('tells what each node changed', async () => {
    expect(await graphs.run('steps', { steps: ['zero'] }, { streamModes: ['updates'] })).toEqual([
      { event: 'updates', data: { one: { steps: ['one'] } } },
      { event: 'updates', data: { two: { steps: ['two'] } } },
      { event: 'updates', data: { three: { steps: ['three'] } } },
    ]);
  });

  it('tells tokens with the node and the run they come from', async () => {
    const runId = crypto.randomUUID();
    const configurable = { assistant_id: crypto.randomUUID() };
    const events = await graphs.run('chat', hello, { streamModes: ['messages-tuple'], runId, configurable });
    expect(events.map(({ data }) => (data as [{ content: string }])[0].content)).toEqual([
      'You ',
      'said ',
      'hello',
    ]);
    expect(events[0]?.data).toEqual([
      expect.objectContaining({ type: 'ai', tool_call_chunks: [] }),
      expect.objectContaining({
        langgraph_node: 'answer',
        langgraph_step: 1,
        tags: [],
        run_id: runId,
        graph_id: 'chat',
        thread_id: TEXT,
        ...configurable,
        ls_model_type: 'chat',
      }),
    ]);
  });

  it('puts tokens together to messages', async () => {
    const events = await graphs.run('chat', hello, { streamModes: ['messages'] });
    const { data } = events[1] ?? {};
    const [id = ''] = Object.keys(data ?? {});
    expect(events.map((event) => event.data)).toEqual([
      [human('hello')],
      { [id]: { metadata: expect.objectContaining({ langgraph_node: 'answer' }) } },
      [expect.objectContaining({ id, content: 'You ' })],
      [expect.objectContaining({ id, content: 'You said ' })],
      [expect.objectContaining({ id, content: 'You said hello' })],
      [expect.objectContaining({ id, content: 'You said hello' })],
    ]);
  });

  it('tells tool calls', async () => {
    const events = await graphs.run('tool', { messages: 'Rome' }, { streamModes: ['tools', 'messages'] });
    expect(events.filter(({ event }) => event === 'tools').map(({ data }) => data)).toEqual([
      { event: 'on_tool_start', toolCallId: 'call-1', name: 'weather', input: '{"city":"Rome"}' },
      {
        event: 'on_tool_end',
        toolCallId: 'call-1',
        name: 'weather',
        output: expect.objectContaining({ type: 'tool', content: 'sunny in Rome', tool_call_id: 'call-1' }),
      },
    ]);
    expect(events.at(-1)).toEqual({
      event: 'messages/complete',
      data: [expect.objectContaining({ type: 'ai', content: 'It is sunny in Rome' })],
    });
  });

  it('tells what a graph writes to the stream', async () => {
    expect(await graphs.run('custom', { goal: 2 }, { streamModes: ['custom'] })).toEqual([
      { event: 'custom', data: { count: 1 } },
      { event: 'custom', data: { count: 2 } },
    ]);
  });

  it('tells the start and the result of tasks', async () => {
    const [start, result] = await graphs.run('agent', hello, { streamModes: ['tasks'] });
    expect(start?.data).toMatchObject({
      id: TEXT,
      name: 'agent',
      input: { messages: [human('hello')] },
      triggers: ['branch:to:agent'],
      interrupts: [],
    });
    expect(result?.data).toMatchObject({
      id: (start?.data as { id: string }).id,
      name: 'agent',
      result: { messages: [ai('echo: hello')] },
      interrupts: [],
      error: null,
    });
  });

  it('tells checkpoints with their place in the history', async () => {
    const events = await graphs.run('agent', hello, { streamModes: ['checkpoints'] });
    const checkpoints = events.map(({ data }) => data as { checkpoint: object; parent_checkpoint: object });
    expect(checkpoints).toMatchObject([
      { metadata: { source: 'input', step: -1, parents: {} }, next: ['__start__'], parent_checkpoint: null },
      { metadata: { source: 'loop', step: 0, parents: {} }, next: ['agent'], tasks: [{ name: 'agent' }] },
      { metadata: { source: 'loop', step: 1, parents: {} }, next: [], tasks: [] },
    ]);
    expect(checkpoints[2]?.parent_checkpoint).toEqual(checkpoints[1]?.checkpoint);
  });

  it('tells debug events as they happen', async () => {
    const events = await graphs.run('agent', hello, { streamModes: ['debug'] });
    expect(events.map(({ data }) => data)).toMatchObject([
      { type: 'checkpoint', step: -1, timestamp: TEXT, payload: { next: ['__start__'] } },
      { type: 'checkpoint', step: 0, payload: { next: ['agent'] } },
      { type: 'task', step: 1, payload: { name: 'agent' } },
      { type: 'task_result', step: 1, payload: { name: 'agent', error: null } },
      {
        type: 'checkpoint',
        step: 1,
        payload: {
          config: { configurable: { thread_id: TEXT, checkpoint_id: TEXT, checkpoint_ns: '' } },
          parent_config: { configurable: { checkpoint_id: TEXT } },
          values: { messages: [human('hello'), ai('echo: hello')] },
          metadata: { source: 'loop', step: 1, parents: {} },
          next: [],
          tasks: [],
          checkpoint: { thread_id: TEXT, checkpoint_id: TEXT, checkpoint_ns: '', checkpoint_map: null },
          parent_checkpoint: { checkpoint_id: TEXT },
        },
      },
    ]);
  });

  it('tells the events of LangChain, beside those of other modes', async () => {
    const events = await graphs.run('agent', hello, { streamModes: ['events', 'values'] });
    const told = events
      .filter(({ event }) => event === 'events')
      .map(({ data }) => data as { event: string });
    expect(told.map(({ event }) => event)).toEqual([
      'on_chain_start',
      'on_chain_start',
      'on_chain_end',
      'on_chain_end',
    ]);
    expect(names(events).filter((name) => name === 'values')).toHaveLength(2);
  });

  it('names the subgraph in the event, with subgraphs', async () => {
    const events = await graphs.run('nested', {}, { streamModes: ['updates'], subgraphs: true });
    expect(names(events).map((name) => name.replaceAll(/:[0-9a-f-]{36}/g, ':id'))).toEqual([
      'updates',
      'updates|child:id',
      'updates|child:id|grandchild:id',
      'updates|child:id',
      'updates',
    ]);
  });

  it.each([['values'], ['events']] as StreamMode[][])(
    'adds no checkpoints that were not asked for, in mode %s with subgraphs',
    async (mode) => {
      const events = await graphs.run('nested', {}, { streamModes: [mode, 'values'], subgraphs: true });
      expect(names(events).filter((name) => name.startsWith('checkpoints'))).toEqual([]);
    },
  );

  it('takes messages by role and by type, whole or in parts', async () => {
    const messages = [
      { role: 'user', content: 'by role' },
      { type: 'ai', content: 'by type' },
      { role: 'assistant', content: '', tool_calls: [{ id: 'c', name: 't', args: {} }] },
      { type: 'tool', content: 'done', tool_call_id: 'c' },
      { type: 'human', content: [{ type: 'text', text: 'in parts' }], id: 'mine' },
    ];
    const [input, output] = await graphs.run('agent', { messages });
    expect((input?.data as { messages: { type: string }[] }).messages.map(({ type }) => type)).toEqual([
      'human',
      'ai',
      'ai',
      'tool',
      'human',
    ]);
    expect(output?.data).toMatchObject({
      messages: [{}, {}, {}, {}, { id: 'mine' }, { content: 'echo: in parts' }],
    });
  });

  it('gives the graph its context and config', async () => {
    const context = { tone: 'dry' };
    const configurable = { model: 'm', langgraph_auth_user_id: 'alice' };
    const events = await graphs.run('context', { seen: null }, { context, configurable });
    expect(events.at(-1)?.data).toEqual({ seen: { context, user: 'alice', model: 'm' } });
  });

  it('stops at the limit of steps', async () => {
    await expect(graphs.run('steps', { steps: [] }, { recursionLimit: 2 })).rejects.toMatchObject({
      name: 'GraphRecursionError',
    });
  });

  it('refuses an unknown graph', async () => {
    await expect(graphs.run('nope', {})).rejects.toMatchObject({ name: 'GraphNotFoundError' });
  });

  it('never tells the principal, in any mode', async () => {
    const user = { identity: 'alice', token: 's3cret' };
    const events = await graphs.run('chat', hello, {
      streamModes: [
        'values',
        'updates',
        'messages',
        'messages-tuple',
        'debug',
        'tasks',
        'checkpoints',
        'events',
      ],
      configurable: {
        langgraph_auth_user: user,
        langgraph_auth_user_id: 'alice',
        langgraph_auth_permissions: ['x'],
      },
      metadata: { langgraph_auth_user: user },
    });
    expect(events.length).toBeGreaterThan(20);
    expect(JSON.stringify(events)).not.toMatch(/langgraph_auth|s3cret/);
  });
});
