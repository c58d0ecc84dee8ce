import { describe, expect, it } from '@jest/globals';
import { Annotation, MemorySaver, START, StateGraph } from '@langchain/langgraph';
import { InMemoryStore } from '@langchain/langgraph-checkpoint';
import { GraphNotFoundError } from './graph.errors.js';
import type { GraphConfig, GraphFactoryRuntime, GraphSources } from './graph.js';
import { GraphRegistry } from './graph.registry.js';

const builder = new StateGraph(Annotation.Root({ count: Annotation<number> }))
  .addNode('add', ({ count }) => ({ count: count + 1 }))
  .addEdge(START, 'add');

const persistence = { checkpointer: new MemorySaver(), store: new InMemoryStore() };
const toRun = { accessContext: 'threads.create_run' } as const;

function load(sources: GraphSources): Promise<GraphRegistry> {
  return GraphRegistry.load(sources, persistence);
}

describe('the registry of graphs', () => {
  const sources: [string, unknown][] = [
    ['a compiled graph', builder.compile()],
    ['a promise of one', Promise.resolve(builder.compile())],
    ['a graph that was not compiled', builder],
    ['a factory', () => builder.compile()],
    ['an asynchronous factory', async () => builder.compile()],
  ];
  it.each(sources)('takes %s', async (_, source) => {
    const graph = await (await load({ counter: source })).get('counter', toRun);
    const config = { configurable: { thread_id: crypto.randomUUID() } };
    expect(await graph.invoke({ count: 1 }, config)).toEqual({ count: 2 });
    expect((await graph.getState(config)).values).toEqual({ count: 2 });
  });

  it('lists its graphs', async () => {
    const registry = await load({ one: builder, two: builder });
    expect(registry.ids).toEqual(['one', 'two']);
    expect(registry.has('two')).toBe(true);
    expect(registry.has('three')).toBe(false);
  });

  it('keeps state with its own checkpointer and store, whatever the graph was compiled with', async () => {
    const own = new MemorySaver();
    const graph = await (
      await load({ counter: builder.compile({ checkpointer: own }) })
    ).get('counter', toRun);
    expect(graph.checkpointer).toBe(persistence.checkpointer);
    expect(graph.store).toBe(persistence.store);
  });

  it('leaves the graph that it was given as it was', async () => {
    const given = builder.compile();
    const registry = await load({ counter: given });
    const graph = await registry.get('counter', toRun);
    expect(given.checkpointer).toBeUndefined();
    expect(graph).not.toBe(given);
    expect(graph).toBeInstanceOf(given.constructor);
  });

  it('lends its checkpointer to subgraphs', async () => {
    const parent = new StateGraph(Annotation.Root({ count: Annotation<number> }))
      .addNode('child', builder.compile())
      .addEdge(START, 'child');
    const graph = await (await load({ parent })).get('parent', toRun);
    const config = { configurable: { thread_id: crypto.randomUUID() } };
    await graph.invoke({ count: 1 }, config);
    const namespaces = new Set<unknown>();
    for await (const saved of persistence.checkpointer.list(config)) {
      namespaces.add(String(saved.config.configurable?.checkpoint_ns).replace(/:.*/, ''));
    }
    expect(namespaces).toEqual(new Set(['', 'child']));
  });

  it('tells a factory the config, what the graph is for, and the context of a run', async () => {
    const calls: [GraphConfig, GraphFactoryRuntime][] = [];
    const registry = await load({
      counter: (config: GraphConfig, runtime: GraphFactoryRuntime) => {
        calls.push([config, runtime]);
        return builder.compile();
      },
    });
    await registry.get('counter', {
      ...toRun,
      config: { configurable: { model: 'm' } },
      context: { tone: 'dry' },
    });
    await registry.get('counter', { accessContext: 'assistants.read' });
    expect(calls).toEqual([
      [
        { configurable: { model: 'm' } },
        { accessContext: 'threads.create_run', executionRuntime: { context: { tone: 'dry' } } },
      ],
      [{ configurable: {} }, { accessContext: 'assistants.read' }],
    ]);
  });

  it('does not know a graph that is not registered, nor what every object has', async () => {
    const registry = await load({ counter: builder });
    for (const id of ['other', 'toString', '__proto__', '']) {
      await expect(registry.get(id, toRun)).rejects.toThrow(new GraphNotFoundError(id));
    }
  });

  const broken: [string, () => unknown, string][] = [
    ['nothing', () => undefined, 'Graph "agent" is missing: register what compile() returns'],
    ['null', () => null, 'Graph "agent" is missing'],
    ['text', () => './agent.ts', 'Graph "agent" is a string, not a graph'],
    ['an object', () => ({ stream: true }), 'Graph "agent" is an object of Object, not a graph'],
    ['a promise of something else', async () => 5, 'Graph "agent" is a number, not a graph'],
    [
      'a promise that fails',
      () => Promise.reject(new Error('no key')),
      'Graph "agent" could not be loaded: no key',
    ],
  ];
  it.each(broken)('refuses %s with a sentence that names the graph', async (_, source, sentence) => {
    await expect(load({ agent: source() })).rejects.toThrow(sentence);
  });

  it('refuses what a factory returns when it is no graph', async () => {
    const registry = await load({ agent: () => 'text' });
    await expect(registry.get('agent', toRun)).rejects.toThrow('Graph "agent" is a string, not a graph');
  });
});
