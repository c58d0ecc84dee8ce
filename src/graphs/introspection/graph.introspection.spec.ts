import { describe, expect, it } from '@jest/globals';
import { Annotation, entrypoint, MemorySaver, START, StateGraph } from '@langchain/langgraph';
import { z } from 'zod';
import { createAgentGraph } from '../agent/agent.graph.js';
import { GraphRegistry } from '../graph.registry.js';
import { GraphIntrospection } from './graph.introspection.js';

const leaf = new StateGraph(Annotation.Root({ n: Annotation<number> }))
  .addNode('one', () => ({}))
  .addNode('two', () => ({}))
  .addEdge(START, 'one')
  .addEdge('one', 'two')
  .compile();
const child = new StateGraph(Annotation.Root({ n: Annotation<number> }))
  .addNode('first', () => ({}))
  .addNode('leaf', leaf)
  .addEdge(START, 'first')
  .addEdge('first', 'leaf')
  .compile();
const graphs = {
  agent: createAgentGraph(),
  nested: new StateGraph(Annotation.Root({ n: Annotation<number>, m: Annotation<string> }))
    .addNode('child', child)
    .addEdge(START, 'child')
    .compile(),
  typed: new StateGraph({
    state: z.object({ question: z.string(), answer: z.string().default('none'), scratch: z.number() }),
    input: z.object({ question: z.string() }),
    output: z.object({ answer: z.string() }),
    context: z.object({ model: z.string().describe('The model to ask') }),
  })
    .addNode('think', () => ({}))
    .addEdge(START, 'think')
    .compile(),
  split: new StateGraph({
    state: Annotation.Root({ a: Annotation<string>, b: Annotation<number> }),
    input: Annotation.Root({ a: Annotation<string> }),
    output: Annotation.Root({ b: Annotation<number> }),
  })
    .addNode('think', () => ({}))
    .addEdge(START, 'think')
    .compile(),
  flow: entrypoint('flow', async (text: string) => text.length),
};

async function introspection(): Promise<GraphIntrospection> {
  return new GraphIntrospection(await GraphRegistry.load(graphs, { checkpointer: new MemorySaver() }));
}

describe('the drawing of a graph', () => {
  it('has its nodes and edges', async () => {
    expect(await (await introspection()).drawing({ graphId: 'agent' })).toEqual({
      nodes: [
        { id: '__start__', type: 'schema', data: expect.any(Object) },
        expect.objectContaining({
          id: 'agent',
          type: 'runnable',
          data: expect.objectContaining({ name: 'agent' }),
        }),
        { id: '__end__', type: 'schema', data: expect.any(Object) },
      ],
      edges: [
        { source: '__start__', target: 'agent', conditional: false },
        { source: 'agent', target: '__end__', conditional: false },
      ],
    });
  });

  it.each([
    [false, ['child']],
    [1, ['child:first', 'child:leaf']],
    [true, ['child:first', 'child:leaf:one', 'child:leaf:two']],
  ])('looks through subgraphs with xray %j', async (xray, inner) => {
    const { nodes } = await (await introspection()).drawing({ graphId: 'nested' }, xray);
    expect((nodes as { id: string }[]).map(({ id }) => id)).toEqual(['__start__', ...inner, '__end__']);
  });

  it('is there for a graph of the functional API', async () => {
    expect(await (await introspection()).drawing({ graphId: 'flow' })).toMatchObject({
      nodes: expect.any(Array),
    });
  });
});

describe('the schemas of a graph', () => {
  it('are its own, where it has them at run time', async () => {
    expect(await (await introspection()).schemas({ graphId: 'typed' })).toMatchObject({
      graph_id: 'typed',
      input_schema: { type: 'object', properties: { question: { type: 'string' } } },
      output_schema: { type: 'object', properties: { answer: { type: 'string' } }, required: ['answer'] },
      state_schema: {
        properties: { question: {}, answer: { default: 'none' }, scratch: { type: 'number' } },
      },
      config_schema: { properties: { model: { type: 'string', description: 'The model to ask' } } },
      context_schema: { properties: { model: { type: 'string' } } },
    });
  });

  it('are honest about annotations: names, and which one holds messages', async () => {
    const $schema = expect.any(String);
    const messages = {
      type: 'object',
      properties: { messages: { type: 'array', items: { type: 'object' }, langgraph_type: 'messages' } },
      $schema,
    };
    expect(await (await introspection()).schemas({ graphId: 'agent' })).toEqual({
      graph_id: 'agent',
      input_schema: messages,
      output_schema: messages,
      state_schema: messages,
      config_schema: { type: 'object', $schema },
      context_schema: { type: 'object', $schema },
    });
  });

  it('tell input, output and state apart', async () => {
    const schemas = await (await introspection()).schemas({ graphId: 'split' });
    expect(schemas).toMatchObject({
      input_schema: { properties: { a: {} } },
      output_schema: { properties: { b: {} } },
      state_schema: { properties: { a: {}, b: {} } },
    });
    expect(schemas.input_schema.properties).not.toHaveProperty('b');
    expect(schemas.output_schema.properties).not.toHaveProperty('a');
  });

  it('say nothing about a graph of the functional API', async () => {
    const { input_schema } = await (await introspection()).schemas({ graphId: 'flow' });
    expect(input_schema).toEqual({ $schema: expect.any(String) });
  });
});

describe('the subgraphs of a graph', () => {
  const cases: [object, string[]][] = [
    [{}, ['child']],
    [{ recurse: true }, ['child', 'child|leaf']],
    [{ namespace: 'child' }, ['child']],
    [{ namespace: 'child|leaf' }, ['child|leaf']],
    [{ namespace: 'nope' }, []],
  ];
  it.each(cases)('asked for with %j are %j', async (options, paths) => {
    const subgraphs = await (await introspection()).subgraphs({ graphId: 'nested' }, options);
    expect(Object.keys(subgraphs)).toEqual(paths);
    for (const path of paths)
      expect(subgraphs[path]).toMatchObject({ graph_id: path, state_schema: { properties: { n: {} } } });
  });

  it('are none for a graph without', async () => {
    expect(await (await introspection()).subgraphs({ graphId: 'agent' }, { recurse: true })).toEqual({});
  });
});

it('knows no graph that is not registered', async () => {
  const graphId = 'nope';
  const reader = await introspection();
  for (const question of [
    reader.drawing({ graphId }),
    reader.schemas({ graphId }),
    reader.subgraphs({ graphId }),
  ])
    await expect(question).rejects.toMatchObject({ name: 'GraphNotFoundError' });
});
