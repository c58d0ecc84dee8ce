import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import type { Client } from '@langchain/langgraph-sdk';
import { expectRefusal, NEVER, threadAfter, TIME, UUID, type ProofsOf, type Scene } from '../proof.js';

const AGENT_ID = 'fe096781-5601-53d2-b2f6-0d3403f7e9ca';
const NOT_FOUND = 'Assistant not found';

/** What no other test finds. */
const mark = () => ({ mark: randomUUID() });
const make = async ({ alice }: Scene, payload: object = {}): Promise<string> =>
  (await alice.assistants.create({ graphId: 'nested', ...payload })).assistant_id;

const refusedForAllBut = async (
  { alice, bob }: Scene,
  assistantId: string,
  request: (assistants: Client['assistants'], id: string) => Promise<unknown>,
) => {
  await expectRefusal(request(bob.assistants, assistantId), 404, NOT_FOUND);
  await expectRefusal(request(alice.assistants, NEVER), 404, NOT_FOUND);
};

export const assistantProofs: ProofsOf<'assistants'> = {
  create: {
    'makes version 1 of an assistant of its own': async ({ alice }) => {
      const payload = { config: { tags: ['t'], configurable: { a: 1 } }, context: { tone: 'dry' } };
      const metadata = { topic: 'x' };
      const named = { name: 'Ada', description: 'counts' };
      const created = await alice.assistants.create({ graphId: 'agent', ...payload, metadata, ...named });
      expect(created).toEqual({
        assistant_id: UUID,
        graph_id: 'agent',
        ...payload,
        ...named,
        metadata: { topic: 'x', owner: 'alice' },
        version: 1,
        created_at: TIME,
        updated_at: TIME,
      });
    },
    'refuses an id that is taken with 409, and returns the assistant with do_nothing': async (scene) => {
      const assistantId = await make(scene, { name: 'first' });
      const again = { graphId: 'nested', assistantId, name: 'second' };
      await expectRefusal(scene.alice.assistants.create(again), 409, 'Assistant already exists');
      expect(await scene.alice.assistants.create({ ...again, ifExists: 'do_nothing' })).toMatchObject({
        assistant_id: assistantId,
        name: 'first',
        version: 1,
      });
      const foreign = scene.bob.assistants.create({ ...again, ifExists: 'do_nothing' });
      await expectRefusal(foreign, 409, 'Assistant already exists');
    },
    'refuses an unknown graph with 404, and a missing one with 422': async ({ alice }) => {
      await expectRefusal(alice.assistants.create({ graphId: 'nope' }), 404, /nope.*not found/);
      await expectRefusal(alice.assistants.create({} as never), 422, /graph_id/);
    },
  },
  get: {
    'returns what create returned': async ({ alice }) => {
      const created = await alice.assistants.create({ graphId: 'agent', ...mark() });
      expect(await alice.assistants.get(created.assistant_id)).toEqual(created);
    },
    'takes the id of a graph for its system assistant': async ({ bob }) => {
      expect(await bob.assistants.get('agent')).toMatchObject({
        assistant_id: AGENT_ID,
        graph_id: 'agent',
        name: 'agent',
        metadata: { created_by: 'system' },
      });
    },
    'knows neither a missing nor a foreign assistant': async (scene) =>
      refusedForAllBut(scene, await make(scene), (assistants, id) => assistants.get(id)),
  },
  update: {
    'makes a new version with the changes, and merges metadata': async (scene) => {
      const id = await make(scene, { metadata: { a: 1, b: 1 }, name: 'old' });
      const change = { config: { tags: ['new'] }, metadata: { b: 2 }, name: 'new', description: 'better' };
      expect(await scene.alice.assistants.update(id, change)).toMatchObject({
        ...change,
        graph_id: 'nested',
        metadata: { a: 1, b: 2, owner: 'alice' },
        version: 2,
      });
      expect(await scene.alice.assistants.get(id)).toMatchObject({ name: 'new', version: 2 });
    },
    'changes neither a missing nor a foreign assistant': async (scene) => {
      const id = await make(scene, { name: 'mine' });
      await refusedForAllBut(scene, id, (assistants, which) => assistants.update(which, { name: 'his' }));
      expect(await scene.alice.assistants.get(id)).toMatchObject({ name: 'mine', version: 1 });
    },
  },
  delete: {
    'deletes an assistant and leaves its threads': async (scene) => {
      const { id, threadId } = await assistantWithThread(scene);
      await expect(scene.alice.assistants.delete(id)).resolves.toBeUndefined();
      await expectRefusal(scene.alice.assistants.get(id), 404, NOT_FOUND);
      expect(await scene.alice.threads.get(threadId)).toMatchObject({ status: 'idle' });
    },
    'deletes its threads as well when it is told to': async (scene) => {
      const { id, threadId } = await assistantWithThread(scene);
      const other = await threadAfter(scene, 'agent', { messages: [] });
      await scene.alice.assistants.delete(id, { deleteThreads: true });
      await expectRefusal(scene.alice.threads.get(threadId), 404, `Thread with ID ${threadId} not found`);
      expect(await scene.alice.threads.get(other)).toMatchObject({ thread_id: other });
    },
    'deletes neither a missing nor a foreign assistant': async (scene) => {
      const id = await make(scene);
      await refusedForAllBut(scene, id, (assistants, which) => assistants.delete(which));
      expect(await scene.alice.assistants.get(id)).toMatchObject({ assistant_id: id });
    },
  },
  search: {
    'finds by metadata, graph and part of the name': async (scene) => {
      const metadata = mark();
      const id = await make(scene, { metadata, name: 'The Counting Ada' });
      await make(scene, { metadata, graphId: 'agent', name: 'Bea' });
      const queries = [{ graphId: 'nested' }, { name: 'counting' }];
      for (const query of queries) {
        expect(await scene.alice.assistants.search({ metadata, ...query })).toMatchObject([
          { assistant_id: id, metadata: { ...metadata, owner: 'alice' } },
        ]);
      }
      expect(await scene.bob.assistants.search({ metadata })).toEqual([]);
    },
    'pages in the order that was asked for': async (scene) => {
      const metadata = mark();
      for (const name of ['b', 'c', 'a']) await make(scene, { metadata, name });
      const query = { metadata, sortBy: 'name', sortOrder: 'asc', limit: 2 } as const;
      const first = await scene.alice.assistants.search({ ...query, includePagination: true });
      expect(first.assistants.map(({ name }) => name)).toEqual(['a', 'b']);
      expect(first.next).toBe('2');
      const second = { ...query, offset: Number(first.next), includePagination: true } as const;
      const { assistants, next } = await scene.alice.assistants.search(second);
      expect([assistants.map(({ name }) => name), next]).toEqual([['c'], null]);
    },
    'returns only the fields that were selected': async (scene) => {
      const metadata = mark();
      const id = await make(scene, { metadata });
      const select = ['assistant_id', 'version'] as const;
      const found = await scene.alice.assistants.search({ metadata, select: [...select] });
      expect(found).toEqual([{ assistant_id: id, version: 1 }]);
    },
    'refuses a limit and an order that do not exist': async ({ alice }) => {
      await expectRefusal(alice.assistants.search({ limit: 0 }), 422, /limit/);
      await expectRefusal(alice.assistants.search({ sortBy: 'mood' as never }), 422, /sort_by/);
    },
  },
  count: {
    'counts what search finds': async (scene) => {
      const metadata = mark();
      await make(scene, { metadata, name: 'Ada' });
      await make(scene, { metadata, graphId: 'agent' });
      const { alice, bob } = scene;
      expect(await alice.assistants.count({ metadata })).toBe(2);
      expect(await alice.assistants.count({ metadata, graphId: 'agent' })).toBe(1);
      expect(await alice.assistants.count({ metadata, name: 'ada' })).toBe(1);
      expect(await bob.assistants.count({ metadata })).toBe(0);
    },
  },
  getVersions: {
    'lists the versions, newest first, in pages': async (scene) => {
      const id = await make(scene, { name: 'one' });
      await scene.alice.assistants.update(id, { name: 'two' });
      await scene.alice.assistants.update(id, { name: 'three', metadata: { k: 3 } });
      const versions = await scene.alice.assistants.getVersions(id);
      expect(versions.map(({ version, name }) => [version, name])).toEqual([
        [3, 'three'],
        [2, 'two'],
        [1, 'one'],
      ]);
      expect(versions[0]).not.toHaveProperty('updated_at');
      expect(await scene.alice.assistants.getVersions(id, { limit: 1, offset: 1 })).toMatchObject([
        { version: 2 },
      ]);
      expect(await scene.alice.assistants.getVersions(id, { metadata: { k: 3 } })).toMatchObject([
        { version: 3 },
      ]);
    },
    'lists those of neither a missing nor a foreign assistant': async (scene) =>
      refusedForAllBut(scene, await make(scene), (assistants, id) => assistants.getVersions(id)),
  },
  setLatest: {
    'restores a version, and the next change makes a new one': async (scene) => {
      const { assistants } = scene.alice;
      const id = await make(scene, { name: 'one', config: { tags: ['1'] }, metadata: { k: 1 } });
      await assistants.update(id, { name: 'two', config: { tags: ['2'] }, metadata: { k: 2 } });
      const restored = {
        version: 1,
        name: 'one',
        config: { tags: ['1'] },
        metadata: { k: 1, owner: 'alice' },
      };
      expect(await assistants.setLatest(id, 1)).toMatchObject(restored);
      expect(await assistants.get(id)).toMatchObject(restored);
      expect(await assistants.update(id, { name: 'three' })).toMatchObject({
        version: 3,
        metadata: { k: 1 },
      });
    },
    'refuses a version that does not exist': async (scene) => {
      const id = await make(scene);
      await expectRefusal(scene.alice.assistants.setLatest(id, 7), 404, 'Assistant version not found');
    },
    'restores neither a missing nor a foreign assistant': async (scene) =>
      refusedForAllBut(scene, await make(scene), (assistants, id) => assistants.setLatest(id, 1)),
  },
  getGraph: {
    'draws the nodes and edges of the graph': async ({ alice }) => {
      const { nodes, edges } = await alice.assistants.getGraph('nested');
      expect(nodes.map(({ id }) => id)).toEqual(['__start__', 'root', 'child', '__end__']);
      expect(edges).toEqual([
        { source: '__start__', target: 'root', conditional: false },
        { source: 'root', target: 'child', conditional: false },
        { source: 'child', target: '__end__', conditional: false },
      ]);
      const branching = await alice.assistants.getGraph('tool');
      expect(branching.edges).toContainEqual({ source: 'model', target: 'tools', conditional: true });
    },
    'looks into subgraphs, as deep as it is told': async ({ alice }) => {
      const idsAt = async (xray: boolean | number) =>
        (await alice.assistants.getGraph('nested', { xray })).nodes.map(({ id }) => id);
      const inside = ['__start__', 'root', 'child:branch', 'child:grandchild', '__end__'];
      // LangGraph leaves a subgraph of a single node, as the grandchild, closed.
      expect(await Promise.all([true, 1, 2].map(idsAt))).toEqual([inside, inside, inside]);
      expect(await idsAt(false)).toEqual(['__start__', 'root', 'child', '__end__']);
    },
    'draws neither a missing nor a foreign assistant': async (scene) =>
      refusedForAllBut(scene, await make(scene), (assistants, id) => assistants.getGraph(id)),
  },
  getSchemas: {
    'returns JSON Schemas of input, output, state, config and context': async ({ alice }) => {
      const schemas = await alice.assistants.getSchemas('steps');
      expect(schemas).toEqual({
        graph_id: 'steps',
        input_schema: expect.any(Object),
        output_schema: expect.any(Object),
        state_schema: expect.objectContaining({ type: 'object' }),
        config_schema: expect.any(Object),
        context_schema: expect.any(Object),
      });
      expect(Object.keys(schemas.state_schema?.properties ?? {})).toEqual(['steps']);
    },
    'returns those of neither a missing nor a foreign assistant': async (scene) =>
      refusedForAllBut(scene, await make(scene), (assistants, id) => assistants.getSchemas(id)),
  },
  getSubgraphs: {
    'returns the schemas of the subgraphs, of all levels when it is told to': async ({ alice }) => {
      const { getSubgraphs } = bound(alice.assistants);
      expect(Object.keys(await getSubgraphs('nested'))).toEqual(['child']);
      const all = await getSubgraphs('nested', { recurse: true });
      expect(Object.keys(all)).toEqual(['child', 'child|grandchild']);
      expect(Object.keys(await getSubgraphs('nested', { namespace: 'child' }))).toEqual(['child']);
      expect(await getSubgraphs('agent')).toEqual({});
    },
    'returns those of neither a missing nor a foreign assistant': async (scene) =>
      refusedForAllBut(scene, await make(scene), (assistants, id) => assistants.getSubgraphs(id)),
  },
};

async function assistantWithThread(scene: Scene): Promise<{ id: string; threadId: string }> {
  const id = await make(scene, { graphId: 'agent' });
  return { id, threadId: await threadAfter(scene, id, { messages: [] }) };
}

function bound(assistants: Client['assistants']) {
  return { getSubgraphs: assistants.getSubgraphs.bind(assistants) };
}
