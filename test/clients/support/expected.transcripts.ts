import { expect } from '@jest/globals';
import type { Frame } from './transcript.js';

export type Expected = readonly [event: string, data: unknown];

export const INPUT = { messages: [{ role: 'human', content: 'hello' }] };
export const BEGINNING: Expected = ['metadata', { run_id: '<uuid>', attempt: 1 }];

const common = { additional_kwargs: {}, response_metadata: {} };
const human = (content: string) => ({ ...common, type: 'human', content, id: '<uuid>' });
const calls = { tool_calls: [], invalid_tool_calls: [] };
const ai = (content: string, id = '<uuid>') => ({ ...common, ...calls, type: 'ai', content, id });
/** A message of a chat model keeps the id that its tokens came with. */
const spoken = (content: string) => ai(content, 'run-<uuid>');
const token = (content: string) => ({ ...spoken(content), tool_call_chunks: [] });

/** Where a message, or an event of LangChain, comes from (contract 3.2). */
const origin = (graph: string, node: string) =>
  expect.objectContaining({
    langgraph_node: node,
    langgraph_step: 1,
    tags: expect.any(Array),
    graph_id: graph,
    run_id: '<uuid>',
    thread_id: '<uuid>',
    assistant_id: '<uuid>',
  });
const modelOrigin = expect.objectContaining({
  langgraph_node: 'answer',
  ls_model_type: 'chat',
  ls_provider: 'TokenModel',
});

const ADDRESS = { thread_id: '<uuid>', checkpoint_ns: '', checkpoint_id: '<uuid>', checkpoint_map: null };
const checkpoint = (step: number, messages: unknown[], next: string[]) => ({
  config: expect.objectContaining({ configurable: expect.objectContaining({ checkpoint_id: '<uuid>' }) }),
  parent_config: step < 0 ? null : expect.objectContaining({ configurable: expect.any(Object) }),
  values: { messages },
  metadata: { source: step < 0 ? 'input' : 'loop', step, parents: {} },
  next,
  tasks: next.map((name) => expect.objectContaining({ id: '<uuid>', name, interrupts: [], state: null })),
  checkpoint: ADDRESS,
  parent_checkpoint: step < 0 ? null : ADDRESS,
});
const debug = (type: string, step: number, payload: unknown) => ({
  type,
  step,
  timestamp: '<time>',
  payload,
});

const TASK = {
  id: '<uuid>',
  name: 'agent',
  input: { messages: [human('hello')] },
  triggers: ['branch:to:agent'],
  interrupts: [],
  metadata: expect.any(Object),
};
const RESULT = {
  id: '<uuid>',
  name: 'agent',
  result: { messages: [ai('echo: hello')] },
  error: null,
  interrupts: [],
};
const CHECKPOINTS = [
  checkpoint(-1, [], ['__start__']),
  checkpoint(0, [human('hello')], ['agent']),
  checkpoint(1, [human('hello'), ai('echo: hello')], []),
] as const;

const values = (...messages: unknown[]): Expected => ['values', { messages }];
const tuple = (content: string): Expected => ['messages', [token(content), modelOrigin]];
const told = (event: string, name: string): Expected => [
  'events',
  expect.objectContaining({
    event,
    name,
    run_id: '<uuid>',
    tags: expect.any(Array),
    data: expect.any(Object),
    metadata: expect.objectContaining({ run_id: '<uuid>' }),
  }),
];

const ASKED = { __interrupt__: [{ id: '<interrupt>', value: { question: 'Publish draft of poem?' } }] };
const trail = (...names: string[]) => ({ trail: names });
const CHILD = '|child:<uuid>';
const GRANDCHILD = `${CHILD}|grandchild:<uuid>`;

/** What is asked for, and all that comes after the event `metadata`. */
export const TRANSCRIPTS: readonly (readonly [
  title: string,
  graph: string,
  body: object,
  expected: Expected[],
])[] = [
  [
    'values',
    'agent',
    { stream_mode: 'values' },
    [values(human('hello')), values(human('hello'), ai('echo: hello'))],
  ],
  [
    'no mode, which is values,',
    'agent',
    {},
    [values(human('hello')), values(human('hello'), ai('echo: hello'))],
  ],
  [
    'updates',
    'agent',
    { stream_mode: 'updates' },
    [['updates', { agent: { messages: [ai('echo: hello')] } }]],
  ],
  [
    'updates, one for each step,',
    'steps',
    { input: {}, stream_mode: 'updates' },
    ['one', 'two', 'three'].map((node) => ['updates', { [node]: { steps: [node] } }]),
  ],
  [
    'messages of a graph that says them whole',
    'agent',
    { stream_mode: 'messages' },
    [
      ['messages/complete', [human('hello')]],
      ['messages/complete', [ai('echo: hello', 'run-<uuid>-out-0')]],
    ],
  ],
  [
    'messages of a chat model',
    'chat',
    { stream_mode: 'messages' },
    [
      ['messages/complete', [human('hello')]],
      ['messages/metadata', { 'run-<uuid>': { metadata: modelOrigin } }],
      ['messages/partial', [token('You ')]],
      ['messages/partial', [token('You said ')]],
      ['messages/partial', [token('You said hello')]],
      ['messages/complete', [spoken('You said hello')]],
    ],
  ],
  [
    'messages-tuple of a graph that says them whole',
    'agent',
    { stream_mode: 'messages-tuple' },
    [['messages', [ai('echo: hello', 'run-<uuid>-out-0'), origin('agent', 'agent')]]],
  ],
  [
    'messages-tuple of a chat model',
    'chat',
    { stream_mode: 'messages-tuple' },
    [tuple('You '), tuple('said '), tuple('hello')],
  ],
  ['custom of a graph that writes nothing', 'agent', { stream_mode: 'custom' }, []],
  [
    'custom',
    'custom',
    { input: { goal: 2 }, stream_mode: 'custom' },
    [
      ['custom', { count: 1 }],
      ['custom', { count: 2 }],
    ],
  ],
  [
    'debug',
    'agent',
    { stream_mode: 'debug' },
    [
      ['debug', debug('checkpoint', -1, CHECKPOINTS[0])],
      ['debug', debug('checkpoint', 0, CHECKPOINTS[1])],
      ['debug', debug('task', 1, TASK)],
      ['debug', debug('task_result', 1, RESULT)],
      ['debug', debug('checkpoint', 1, CHECKPOINTS[2])],
    ],
  ],
  [
    'tasks',
    'agent',
    { stream_mode: 'tasks' },
    [
      ['tasks', TASK],
      ['tasks', RESULT],
    ],
  ],
  ['checkpoints', 'agent', { stream_mode: 'checkpoints' }, CHECKPOINTS.map((data) => ['checkpoints', data])],
  [
    'events',
    'agent',
    { stream_mode: 'events' },
    [
      told('on_chain_start', 'agent'),
      told('on_chain_start', 'agent'),
      told('on_chain_end', 'agent'),
      told('on_chain_end', 'agent'),
    ],
  ],
  [
    'events of a chat model',
    'chat',
    { stream_mode: 'events' },
    [
      told('on_chain_start', 'LangGraph'),
      told('on_chain_start', 'answer'),
      told('on_chat_model_start', 'TokenModel'),
      told('on_chat_model_stream', 'TokenModel'),
      told('on_chat_model_stream', 'TokenModel'),
      told('on_chat_model_stream', 'TokenModel'),
      told('on_chat_model_end', 'TokenModel'),
      told('on_chain_end', 'answer'),
      told('on_chain_end', 'LangGraph'),
    ],
  ],
  [
    'tools',
    'tool',
    { input: { messages: [{ role: 'human', content: 'Rome' }] }, stream_mode: 'tools' },
    [
      ['tools', { event: 'on_tool_start', toolCallId: 'call-1', name: 'weather', input: '{"city":"Rome"}' }],
      [
        'tools',
        expect.objectContaining({
          event: 'on_tool_end',
          toolCallId: 'call-1',
          name: 'weather',
          output: expect.objectContaining({
            type: 'tool',
            content: 'sunny in Rome',
            tool_call_id: 'call-1',
          }),
        }),
      ],
    ],
  ],
  [
    'a list of values and updates',
    'agent',
    { stream_mode: ['values', 'updates'] },
    [
      values(human('hello')),
      ['updates', { agent: { messages: [ai('echo: hello')] } }],
      values(human('hello'), ai('echo: hello')),
    ],
  ],
  [
    'a list of values, messages-tuple and custom',
    'chat',
    { stream_mode: ['values', 'messages-tuple', 'custom'] },
    [
      values(human('hello')),
      tuple('You '),
      tuple('said '),
      tuple('hello'),
      values(human('hello'), spoken('You said hello')),
    ],
  ],
  [
    'values and updates, with subgraphs,',
    'nested',
    { input: {}, stream_mode: ['values', 'updates'], stream_subgraphs: true },
    [
      ['updates', { root: trail('root') }],
      ['values', trail('root')],
      [`values${CHILD}`, trail('root')],
      [`updates${CHILD}`, { branch: trail('branch') }],
      [`values${CHILD}`, trail('root', 'branch')],
      [`values${GRANDCHILD}`, trail('root', 'branch')],
      [`updates${GRANDCHILD}`, { leaf: trail('leaf') }],
      [`values${GRANDCHILD}`, trail('root', 'branch', 'leaf')],
      [`updates${CHILD}`, { grandchild: trail('root', 'branch', 'leaf') }],
      [`values${CHILD}`, trail('root', 'branch', 'leaf')],
      ['updates', { child: trail('root', 'branch', 'leaf') }],
      ['values', trail('root', 'branch', 'leaf')],
    ],
  ],
  [
    'updates of the root alone, without subgraphs,',
    'nested',
    { input: {}, stream_mode: 'updates' },
    [
      ['updates', { root: trail('root') }],
      ['updates', { child: trail('root', 'branch', 'leaf') }],
    ],
  ],
  [
    'an interrupt',
    'review',
    { input: { text: 'poem' }, stream_mode: ['values', 'updates'] },
    [
      ['values', { text: 'poem' }],
      ['updates', { draft: { text: 'draft of poem' } }],
      ['values', { text: 'draft of poem' }],
      ['updates', ASKED],
      ['values', ASKED],
    ],
  ],
  [
    'a pause before a node',
    'review',
    { input: { text: 'poem' }, stream_mode: ['values', 'updates'], interrupt_before: ['draft'] },
    [
      ['values', { text: 'poem' }],
      ['updates', { __interrupt__: [] }],
      ['values', { __interrupt__: [] }],
    ],
  ],
  [
    'an error',
    'failing',
    { input: { messages: [] } },
    [
      values(),
      values(human('begun')),
      ['error', { error: 'OutOfCoffeeError', message: 'There is no coffee left' }],
    ],
  ],
];

/** Every stream counts its events from 0 (contract 5.26). */
export function numbered(expected: readonly Expected[]): Frame[] {
  return expected.map(([event, data], index) => ({ id: String(index), event, data }));
}
