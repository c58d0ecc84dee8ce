import { randomUUID } from 'node:crypto';
import { Annotation, START, StateGraph } from '@langchain/langgraph';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { GraphConfig } from '../../src/graphs/graph.js';
import type { Caller } from '../support/application.js';
import { databases } from '../support/databases.js';
import { testGraphs } from '../support/graphs/index.js';
import { createAssistant, startAssistants, type AssistantsServer } from './support/assistants.server.js';

interface Drawing {
  readonly nodes: readonly { readonly id: string; readonly type: string }[];
  readonly edges: readonly { readonly source: string; readonly target: string }[];
}

/** Draws who looks at it and how its assistant is configured. */
function telltaleGraph({ configurable = {} }: GraphConfig) {
  const { langgraph_auth_user_id, user_id, model, assistant_id } = configurable;
  const name = [langgraph_auth_user_id, user_id, model, typeof assistant_id].join(' ');
  return new StateGraph(Annotation.Root({ n: Annotation<number> }))
    .addNode(name, () => ({}))
    .addEdge(START, name)
    .compile();
}

describe.each(databases)('the graph of an assistant on $dialect', ({ create }) => {
  let server: AssistantsServer;
  let alice: Caller;
  let nested: string;

  beforeAll(async () => {
    server = await startAssistants(create, { graphs: { ...testGraphs, telltale: telltaleGraph } });
    ({ alice } = server);
    nested = (await createAssistant(alice, { graph_id: 'nested' })).assistant_id;
  });
  afterAll(() => server.stop());

  async function nodesOf(path: string): Promise<readonly string[]> {
    const { status, body, text } = await alice('GET', path);
    expect([status, text]).toEqual([200, text]);
    return (body as Drawing).nodes.map(({ id }) => id);
  }

  it('is drawn as nodes and edges', async () => {
    const { status, headers, body } = await alice('GET', '/assistants/agent/graph');
    expect([status, headers.get('content-type')]).toEqual([200, expect.stringContaining('application/json')]);
    const { nodes, edges } = body as Drawing;
    expect(nodes.map(({ id, type }) => `${id} ${type}`)).toEqual([
      '__start__ schema',
      'agent runnable',
      '__end__ schema',
    ]);
    expect(edges).toEqual([
      { source: '__start__', target: 'agent', conditional: false },
      { source: 'agent', target: '__end__', conditional: false },
    ]);
  });

  // LangGraph draws a subgraph of a single node, such as the grandchild, as that node.
  it.each([
    ['', ['root', 'child']],
    ['?xray=', ['root', 'child']],
    ['?xray=false', ['root', 'child']],
    ['?xray=0', ['root', 'child']],
    ['?xray=1', ['root', 'child:branch', 'child:grandchild']],
    ['?xray=true', ['root', 'child:branch', 'child:grandchild']],
    ['?xray=9', ['root', 'child:branch', 'child:grandchild']],
  ])('shows as much of its subgraphs as asked with "%s"', async (query, inner) => {
    expect(await nodesOf(`/assistants/${nested}/graph${query}`)).toEqual(['__start__', ...inner, '__end__']);
  });

  it.each(['-1', '1.5', 'yes', '[]'])('is refused for xray=%s', async (xray) => {
    const { status, body } = await alice('GET', `/assistants/${nested}/graph?xray=${xray}`);
    expect([status, body]).toEqual([422, { detail: expect.stringContaining('xray') }]);
  });

  it('has schemas', async () => {
    const { body } = await alice('GET', `/assistants/${nested}/schemas`);
    const state = expect.objectContaining({
      properties: { trail: expect.anything(), ask: expect.anything() },
    });
    expect(body).toEqual({
      graph_id: 'nested',
      input_schema: state,
      output_schema: state,
      state_schema: state,
      config_schema: expect.any(Object),
      context_schema: expect.any(Object),
    });
  });

  it.each<[string, readonly string[]]>([
    ['', ['child']],
    ['?recurse=true', ['child', 'child|grandchild']],
    ['?recurse=0', ['child']],
    ['/child', ['child']],
    ['/child|grandchild', ['child|grandchild']],
    ['/child%7Cgrandchild', ['child|grandchild']],
    ['/nope', []],
  ])('has subgraphs, asked for with "%s"', async (path, expected) => {
    const { status, body } = await alice('GET', `/assistants/${nested}/subgraphs${path}`);
    expect([status, Object.keys(body as object)]).toEqual([200, expected]);
    for (const schemas of Object.values(body as object)) expect(schemas).toHaveProperty('state_schema');
  });

  it('has none where it is flat', async () => {
    expect((await alice('GET', '/assistants/steps/subgraphs?recurse=true')).body).toEqual({});
  });

  it('is refused a recurse that is no flag', async () => {
    expect((await alice('GET', `/assistants/${nested}/subgraphs?recurse=all`)).status).toBe(422);
  });

  it('is built by its factory for the assistant and for who looks, whatever the assistant claims', async () => {
    const { assistant_id } = await createAssistant(alice, {
      graph_id: 'telltale',
      config: { configurable: { model: 'large', langgraph_auth_user_id: 'root', user_id: 'root' } },
    });
    const nodes = await nodesOf(`/assistants/${assistant_id}/graph`);
    expect(nodes).toEqual(['__start__', 'alice alice large string', '__end__']);
  });
});

describe.each(databases)('an assistant whose graph is gone, on $dialect', ({ create }) => {
  it('is still there, but its graph is not found', async () => {
    const database = await create();
    const kept = () => Promise.resolve({ ...database, drop: () => Promise.resolve() });
    const before = await startAssistants(kept);
    const { assistant_id } = await createAssistant(before.alice, { graph_id: 'nested' });
    await before.stop();
    const { alice, stop } = await startAssistants(kept, { graphs: { agent: testGraphs.agent } });
    expect((await alice('GET', `/assistants/${assistant_id}`)).status).toBe(200);
    for (const path of ['graph', 'schemas', 'subgraphs']) {
      const { status, body } = await alice('GET', `/assistants/${assistant_id}/${path}`);
      expect([status, body]).toEqual([404, { detail: 'Graph "nested" not found' }]);
    }
    expect((await alice('GET', `/assistants/${randomUUID()}/graph`)).status).toBe(404);
    await stop();
    await database.drop();
  });
});
