import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import type { Client, ThreadState } from '@langchain/langgraph-sdk';
import {
  ECHOED,
  endlessRun,
  eventsOf,
  expectRefusal,
  HELLO,
  inNewerLine,
  NEVER,
  newThread,
  partsOf,
  threadAfter,
  TIME,
  UUID,
  type Part,
  type ProofsOf,
  type Scene,
} from '../proof.js';

const notFound = (threadId: string) => `Thread with ID ${threadId} not found`;
const mark = () => ({ mark: randomUUID() });
const STEPS = ['one', 'two', 'three'];
const stepsOf = (state: ThreadState) => (state.values as { steps: string[] }).steps;

/** The same 404 for a thread that is missing and for one that is somebody else's. */
async function unknownToOthers(
  { alice, bob }: Scene,
  threadId: string,
  request: (threads: Client['threads'], id: string) => Promise<unknown>,
): Promise<void> {
  await expectRefusal(request(bob.threads, threadId), 404, notFound(threadId));
  await expectRefusal(request(alice.threads, NEVER), 404, notFound(NEVER));
}

export const threadProofs: ProofsOf<'threads'> = {
  create: {
    'makes an idle thread of its own': async ({ alice }) => {
      expect(await alice.threads.create({ metadata: { topic: 'x' } })).toEqual({
        thread_id: UUID,
        created_at: TIME,
        updated_at: TIME,
        state_updated_at: null,
        metadata: { topic: 'x', owner: 'alice' },
        status: 'idle',
        config: {},
        values: null,
        interrupts: {},
      });
    },
    'takes the id, the graph and the past of the thread from the client': async ({ alice }) => {
      const threadId = randomUUID();
      const superstep = (node: string) => ({ updates: [{ values: { steps: [node] }, asNode: node }] });
      const supersteps = ['one', 'two'].map(superstep);
      const created = await alice.threads.create({ threadId, graphId: 'steps', supersteps });
      expect(created).toMatchObject({ thread_id: threadId, metadata: { graph_id: 'steps' } });
      expect(await alice.threads.getState(threadId)).toMatchObject({
        values: { steps: ['one', 'two'] },
        next: ['three'],
      });
      expect(await alice.runs.wait(threadId, 'steps', { input: null })).toEqual({ steps: STEPS });
    },
    'refuses an id that is taken with 409, and returns the thread with do_nothing': async (scene) => {
      const threadId = await newThread(scene, { first: true });
      const again = { threadId, metadata: { first: false } };
      await expectRefusal(scene.alice.threads.create(again), 409, 'Thread already exists');
      expect(await scene.alice.threads.create({ ...again, ifExists: 'do_nothing' })).toMatchObject({
        thread_id: threadId,
        metadata: { first: true },
      });
      const foreign = scene.bob.threads.create({ ...again, ifExists: 'do_nothing' });
      await expectRefusal(foreign, 409, 'Thread already exists');
    },
    'refuses an id that is no UUID with 422': async ({ alice }) =>
      expectRefusal(alice.threads.create({ threadId: 'mine' }), 422, /thread_id must be a UUID/),
  },
  get: {
    'returns the thread with what its runs made of it': async (scene) => {
      const threadId = await threadAfter(scene, 'agent', HELLO);
      expect(await scene.alice.threads.get(threadId)).toMatchObject({
        thread_id: threadId,
        status: 'idle',
        metadata: { owner: 'alice', graph_id: 'agent' },
        values: ECHOED,
        interrupts: {},
        state_updated_at: TIME,
      });
    },
    'shows what an interrupted thread waits for': async (scene) => {
      const threadId = await threadAfter(scene, 'review', { text: 'poem' });
      const { status, interrupts } = await scene.alice.threads.get(threadId);
      expect(status).toBe('interrupted');
      expect(Object.values(interrupts)).toMatchObject([[{ value: { question: 'Publish draft of poem?' } }]]);
    },
    'tells when the thread expires, if it is asked': inNewerLine(async ({ alice }) => {
      const { thread_id } = await alice.threads.create({ ttl: 5 });
      expect(await alice.threads.get(thread_id)).not.toHaveProperty('ttl');
      expect(await alice.threads.get(thread_id, { include: ['ttl'] })).toMatchObject({
        ttl: { strategy: 'delete', ttl_minutes: 5, expires_at: TIME },
      });
    }),
    'knows neither a missing nor a foreign thread': async (scene) =>
      unknownToOthers(scene, await newThread(scene), (threads, id) => threads.get(id)),
    'refuses an id that is no UUID with 422': async ({ alice }) =>
      expectRefusal(alice.threads.get('not-a-uuid'), 422, /thread_id must be a UUID/),
  },
  copy: {
    'makes a thread with the same past, which goes its own way': async (scene) => {
      const source = await threadAfter(scene, 'agent', HELLO);
      const { alice } = scene;
      // The types of the client say that nothing comes back.
      const copy = (await alice.threads.copy(source)) as unknown as { thread_id: string };
      expect(copy).toMatchObject({
        status: 'idle',
        metadata: { owner: 'alice', graph_id: 'agent' },
        values: ECHOED,
      });
      expect(copy.thread_id).not.toBe(source);
      const [of, from] = [
        await alice.threads.getHistory(copy.thread_id),
        await alice.threads.getHistory(source),
      ];
      expect(of.map(({ values }) => values)).toEqual(from.map(({ values }) => values));
      await alice.runs.wait(copy.thread_id, 'agent', { input: HELLO });
      expect((await alice.threads.get(source)).values).toMatchObject({ messages: { length: 2 } });
      expect((await alice.threads.get(copy.thread_id)).values).toMatchObject({ messages: { length: 4 } });
    },
    'answers 409 for a missing and for a foreign thread': async (scene) => {
      const threadId = await newThread(scene);
      await expectRefusal(scene.bob.threads.copy(threadId), 409, 'Thread not found');
      await expectRefusal(scene.alice.threads.copy(NEVER), 409, 'Thread not found');
    },
  },
  update: {
    'merges metadata': async (scene) => {
      const threadId = await newThread(scene, { a: 1, b: 1 });
      const metadata = { a: 1, b: 2, owner: 'alice' };
      expect(await scene.alice.threads.update(threadId, { metadata: { b: 2 } })).toMatchObject({
        thread_id: threadId,
        metadata,
      });
      expect((await scene.alice.threads.get(threadId)).metadata).toEqual(metadata);
    },
    'returns nothing when it is told to': inNewerLine(async (scene) => {
      const threadId = await newThread(scene);
      const change = { metadata: { k: 1 }, ttl: 7, returnMinimal: true } as const;
      await expect(scene.alice.threads.update(threadId, change)).resolves.toBeUndefined();
      expect(await scene.alice.threads.get(threadId, { include: ['ttl'] })).toMatchObject({
        metadata: { k: 1 },
        ttl: { strategy: 'delete', ttl_minutes: 7 },
      });
    }),
    'changes neither a missing nor a foreign thread': async (scene) => {
      const threadId = await newThread(scene);
      const stolen = { metadata: { owner: 'bob' } };
      await unknownToOthers(scene, threadId, (threads, id) => threads.update(id, stolen));
      expect((await scene.alice.threads.get(threadId)).metadata).toEqual({ owner: 'alice' });
    },
  },
  delete: {
    'deletes a thread with its runs and its state': async (scene) => {
      const threadId = await threadAfter(scene, 'agent', HELLO);
      const { alice } = scene;
      const [run] = await alice.runs.list(threadId);
      await expect(alice.threads.delete(threadId)).resolves.toBeUndefined();
      await expectRefusal(alice.threads.get(threadId), 404, notFound(threadId));
      await expectRefusal(alice.threads.getState(threadId), 404, notFound(threadId));
      await expectRefusal(alice.runs.get(threadId, run.run_id), 404, notFound(threadId));
      await alice.threads.create({ threadId });
      expect(await alice.threads.getHistory(threadId)).toEqual([]);
    },
    'cancels a live run first, and nothing of it comes back': async (scene) => {
      const threadId = await newThread(scene);
      await endlessRun(scene, threadId);
      await scene.alice.threads.delete(threadId);
      await expectRefusal(scene.alice.threads.get(threadId), 404, notFound(threadId));
    },
    'deletes neither a missing nor a foreign thread': async (scene) => {
      const threadId = await newThread(scene);
      await unknownToOthers(scene, threadId, (threads, id) => threads.delete(id));
      expect(await scene.alice.threads.get(threadId)).toMatchObject({ thread_id: threadId });
    },
  },
  prune: {
    'deletes the threads that are visible, and counts them': async (scene) => {
      const { alice, bob } = scene;
      const [mine, foreign] = [await newThread(scene), await newThread({ alice: bob, bob: alice })];
      expect(await alice.threads.prune([mine, foreign, NEVER])).toEqual({ pruned_count: 1 });
      await expectRefusal(alice.threads.get(mine), 404, notFound(mine));
      expect(await bob.threads.get(foreign)).toMatchObject({ thread_id: foreign });
    },
    'leaves the latest state of a thread when it is told to': async (scene) => {
      const threadId = await threadAfter(scene, 'steps', {});
      const { threads } = scene.alice;
      expect(await threads.getHistory(threadId)).toHaveLength(5);
      expect(await threads.prune([threadId], { strategy: 'keep_latest' })).toEqual({ pruned_count: 1 });
      expect(await threads.getHistory(threadId)).toMatchObject([{ values: { steps: STEPS } }]);
    },
    'refuses an empty list and an unknown strategy with 422': async ({ alice }) => {
      await expectRefusal(alice.threads.prune([]), 422, /thread_ids/);
      await expectRefusal(alice.threads.prune([NEVER], { strategy: 'some' as never }), 422, /strategy/);
    },
  },
  search: {
    'finds by metadata, state, ids and status': async (scene) => {
      const { alice, bob } = scene;
      const metadata = mark();
      const waiting = await newThread(scene, metadata);
      const idle = await newThread(scene, metadata);
      await alice.runs.wait(waiting, 'review', { input: { text: 'poem' } });
      const idsOf = async (query: object) =>
        (await alice.threads.search({ metadata, ...query })).map(({ thread_id }) => thread_id);
      expect(await idsOf({})).toEqual([idle, waiting]);
      expect(await idsOf({ status: 'interrupted' })).toEqual([waiting]);
      expect(await idsOf({ values: { text: 'draft of poem' } })).toEqual([waiting]);
      expect(await idsOf({ ids: [idle, NEVER] })).toEqual([idle]);
      expect(await bob.threads.search({ metadata })).toEqual([]);
      expect(await bob.threads.search({ ids: [idle, waiting] })).toEqual([]);
    },
    'pages in the order that was asked for': async (scene) => {
      const metadata = mark();
      const ids: string[] = [];
      for (let count = 0; count < 3; count++) ids.push(await newThread(scene, metadata));
      const page = async (offset: number) =>
        scene.alice.threads.search({ metadata, sortBy: 'created_at', sortOrder: 'asc', limit: 2, offset });
      expect((await page(0)).map(({ thread_id }) => thread_id)).toEqual(ids.slice(0, 2));
      expect((await page(2)).map(({ thread_id }) => thread_id)).toEqual(ids.slice(2));
    },
    'returns only the fields that were selected': async (scene) => {
      const metadata = mark();
      const threadId = await newThread(scene, metadata);
      const query = { metadata, select: ['thread_id' as const, 'status' as const] };
      expect(await scene.alice.threads.search(query)).toEqual([{ thread_id: threadId, status: 'idle' }]);
    },
    'extracts parts of the state': inNewerLine(async (scene) => {
      const threadId = await threadAfter(scene, 'agent', HELLO);
      const extract = { last: 'values.messages[-1].content', none: 'values.nothing[0]' };
      expect(await scene.alice.threads.search({ ids: [threadId], extract })).toMatchObject([
        { extracted: { last: 'echo: hello', none: null } },
      ]);
    }),
    'refuses a limit and an order that do not exist': async ({ alice }) => {
      await expectRefusal(alice.threads.search({ limit: 1001 }), 422, /limit/);
      await expectRefusal(alice.threads.search({ sortBy: 'mood' as never }), 422, /sort_by/);
    },
  },
  count: {
    'counts what search finds': async (scene) => {
      const metadata = mark();
      await newThread(scene, metadata);
      const waiting = await newThread(scene, metadata);
      await scene.alice.runs.wait(waiting, 'review', { input: { text: 'poem' } });
      const { alice, bob } = scene;
      expect(await alice.threads.count({ metadata })).toBe(2);
      expect(await alice.threads.count({ metadata, status: 'interrupted' })).toBe(1);
      expect(await alice.threads.count({ metadata, values: { text: 'draft of poem' } })).toBe(1);
      expect(await bob.threads.count({ metadata })).toBe(0);
    },
  },
  getState: {
    'returns the latest state': async (scene) => {
      const threadId = await threadAfter(scene, 'agent', HELLO);
      const address = { thread_id: threadId, checkpoint_ns: '', checkpoint_id: UUID, checkpoint_map: null };
      expect(await scene.alice.threads.getState(threadId)).toMatchObject({
        values: ECHOED,
        next: [],
        tasks: [],
        metadata: { source: 'loop', step: 1, parents: {} },
        created_at: TIME,
        checkpoint: address,
        parent_checkpoint: address,
      });
    },
    'returns the state at a checkpoint, by its id and by its address': async (scene) => {
      const threadId = await threadAfter(scene, 'steps', {});
      const { threads } = scene.alice;
      const past = (await threads.getHistory(threadId))[2];
      expect(stepsOf(past)).toEqual(['one']);
      expect(await threads.getState(threadId, String(past.checkpoint.checkpoint_id))).toEqual(past);
      expect(await threads.getState(threadId, past.checkpoint)).toEqual(past);
    },
    'shows a question, and the state of the subgraph that asks it': async (scene) => {
      const threadId = await threadAfter(scene, 'nested', { ask: true });
      const state = await scene.alice.threads.getState(threadId, undefined, { subgraphs: true });
      expect(state).toMatchObject({
        next: ['child'],
        tasks: [
          {
            name: 'child',
            interrupts: [{ id: expect.any(String), value: 'Which way?' }],
            state: { next: ['grandchild'], tasks: [{ name: 'grandchild', state: { next: ['leaf'] } }] },
          },
        ],
      });
      const [task] = (await scene.alice.threads.getState(threadId)).tasks;
      expect(task).toMatchObject({ state: null, checkpoint: { checkpoint_ns: /^child:/ } as never });
    },
    'is empty before the first run': async (scene) => {
      expect(await scene.alice.threads.getState(await newThread(scene))).toEqual({
        values: {},
        next: [],
        tasks: [],
        created_at: null,
        checkpoint: null,
        parent_checkpoint: null,
      });
    },
    'knows the state of neither a missing nor a foreign thread, in all three forms': async (scene) => {
      const threadId = await threadAfter(scene, 'agent', HELLO);
      const { checkpoint } = await scene.alice.threads.getState(threadId);
      for (const at of [undefined, String(checkpoint.checkpoint_id), checkpoint])
        await unknownToOthers(scene, threadId, (threads, id) => threads.getState(id, at));
    },
  },
  updateState: {
    'adds a checkpoint as if a node had returned the values': async (scene) => {
      const threadId = await threadAfter(scene, 'steps', {});
      const { threads } = scene.alice;
      const update = { values: { steps: ['again'] }, asNode: 'one' };
      const { checkpoint } = (await threads.updateState(threadId, update)) as unknown as ThreadState;
      expect(checkpoint).toMatchObject({ thread_id: threadId, checkpoint_ns: '', checkpoint_id: UUID });
      expect(await threads.getState(threadId)).toMatchObject({
        values: { steps: [...STEPS, 'again'] },
        next: ['two'],
        checkpoint,
        metadata: { source: 'update' },
      });
      expect(await threads.get(threadId)).toMatchObject({ values: { steps: [...STEPS, 'again'] } });
    },
    'forks the past at a checkpoint, and a run goes on from there': async (scene) => {
      const threadId = await threadAfter(scene, 'steps', {});
      const { threads, runs } = scene.alice;
      const { checkpoint } = (await threads.getHistory(threadId))[2];
      await threads.updateState(threadId, { values: { steps: ['fork'] }, asNode: 'two', checkpoint });
      expect(await runs.wait(threadId, 'steps', { input: null })).toEqual({
        steps: ['one', 'fork', 'three'],
      });
    },
    'answers 409 while a run is live': async (scene) => {
      const threadId = await newThread(scene);
      const runId = await endlessRun(scene, threadId);
      const update = scene.alice.threads.updateState(threadId, { values: { done: 7 } });
      await expectRefusal(update, 409, 'Thread is busy');
      await scene.alice.runs.cancel(threadId, runId, true);
    },
    'refuses an unknown node with 422, and a thread without a graph with 400': async (scene) => {
      const threadId = await threadAfter(scene, 'steps', {});
      const unknown = scene.alice.threads.updateState(threadId, { values: {}, asNode: 'four' });
      await expectRefusal(unknown, 422, /four/);
      const empty = await newThread(scene);
      const update = scene.alice.threads.updateState(empty, { values: {} });
      await expectRefusal(update, 400, `Thread ${empty} has no graph ID`);
    },
    'changes neither a missing nor a foreign thread': async (scene) => {
      const threadId = await threadAfter(scene, 'steps', {});
      await unknownToOthers(scene, threadId, (threads, id) =>
        threads.updateState(id, { values: { steps: ['his'] }, asNode: 'one' }),
      );
      expect(stepsOf(await scene.alice.threads.getState(threadId))).toEqual(STEPS);
    },
  },
  patchState: {
    // A method that the client still has for a route that the API does not.
    'is answered with 404, as there is no such route': async (scene) => {
      const threadId = await threadAfter(scene, 'agent', HELLO);
      const patched = scene.alice.threads.patchState(threadId, { k: 1 });
      await expect(patched).rejects.toMatchObject({ status: 404 });
    },
  },
  getHistory: {
    'lists the states, newest first, in pages': async (scene) => {
      const threadId = await threadAfter(scene, 'steps', {});
      const { threads } = scene.alice;
      const history = await threads.getHistory(threadId);
      expect(history.map(({ next }) => next)).toEqual([[], ['three'], ['two'], ['one'], ['__start__']]);
      expect(history.map(({ metadata }) => metadata?.step)).toEqual([3, 2, 1, 0, -1]);
      expect(stepsOf(history[0])).toEqual(STEPS);
      expect(history[0]?.parent_checkpoint).toEqual(history[1]?.checkpoint);
      expect(await threads.getHistory(threadId, { limit: 2 })).toEqual(history.slice(0, 2));
      const before = { configurable: { ...history[1].checkpoint } };
      expect(await threads.getHistory(threadId, { limit: 2, before })).toEqual(history.slice(2, 4));
    },
    'filters by the metadata of the checkpoints': async (scene) => {
      const threadId = await threadAfter(scene, 'steps', {});
      const query = { metadata: { source: 'input' } };
      expect(await scene.alice.threads.getHistory(threadId, query)).toMatchObject([
        { metadata: { step: -1 } },
      ]);
    },
    'lists the states of a subgraph': async (scene) => {
      const threadId = await threadAfter(scene, 'nested', { ask: true });
      const { threads } = scene.alice;
      const [task] = (await threads.getState(threadId)).tasks;
      const { checkpoint_ns } = task.checkpoint!;
      const history = await threads.getHistory(threadId, { checkpoint: { checkpoint_ns } });
      expect(history.map(({ next }) => next)).toEqual([['grandchild'], ['branch'], ['__start__']]);
      expect(history[0]?.values).toMatchObject({ trail: ['root', 'branch'] });
    },
    'is empty before the first run': async (scene) => {
      expect(await scene.alice.threads.getHistory(await newThread(scene))).toEqual([]);
    },
    'knows the past of neither a missing nor a foreign thread': async (scene) =>
      unknownToOthers(scene, await threadAfter(scene, 'agent', HELLO), (threads, id) =>
        threads.getHistory(id),
      ),
  },
  joinStream: {
    'follows all runs of the thread, one after the other': async (scene) => {
      const threadId = await newThread(scene);
      const { alice } = scene;
      const following = follow(alice.threads.joinStream(threadId, { lastEventId: '-' }), 8);
      const runIds: string[] = [];
      for (let count = 0; count < 2; count++) {
        const { run_id } = await alice.runs.create(threadId, 'agent', {
          input: HELLO,
          streamMode: ['values', 'updates'],
        });
        runIds.push(run_id);
        await alice.runs.join(threadId, run_id);
      }
      const parts = await following;
      expect(eventsOf(parts)).toEqual([...RUN_EVENTS, ...RUN_EVENTS]);
      expect([parts[0], parts[4]].map((part) => part?.data)).toEqual(
        runIds.map((run_id) => ({ run_id, attempt: 1 })),
      );
      expect(parts[3]?.data).toEqual(ECHOED);
    },
    'tells only the beginnings and ends of runs in mode lifecycle': async (scene) => {
      const threadId = await newThread(scene);
      const { alice } = scene;
      const stream = alice.threads.joinStream(threadId, { streamMode: ['lifecycle'], lastEventId: '-' });
      const following = follow(stream, 2);
      const { run_id } = await alice.runs.create(threadId, 'agent', { input: HELLO });
      const parts = await following;
      expect(eventsOf(parts)).toEqual(['lifecycle', 'lifecycle']);
      expect(parts.map(({ data }) => data)).toEqual([
        { run_id, status: 'running' },
        { run_id, status: 'success' },
      ]);
    },
    'tells the state after each run in mode state_update': async (scene) => {
      const threadId = await newThread(scene);
      const { alice } = scene;
      const stream = alice.threads.joinStream(threadId, { streamMode: ['state_update'], lastEventId: '-' });
      const following = follow(stream, 1);
      await alice.runs.create(threadId, 'agent', { input: HELLO });
      const [part] = await following;
      expect(part).toMatchObject({ event: 'state_update', data: { values: ECHOED, next: [], tasks: [] } });
    },
    'knows neither a missing nor a foreign thread': async (scene) => {
      const threadId = await newThread(scene);
      await unknownToOthers(scene, threadId, (threads, id) => partsOf(threads.joinStream(id), 1));
    },
  },
  stream: {
    notApplicable: 'opens the event streaming protocol v2 (section 2.7 of the contract), which is not served',
  },
};

const RUN_EVENTS = ['metadata', 'values', 'updates', 'values'];

/** Reads on while something else is done; a stream that brings too little fails instead of waiting for ever. */
function follow(stream: AsyncIterable<Part>, count: number): Promise<Part[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`fewer than ${count} events within 8 s`)), 8_000);
  });
  const following = Promise.race([partsOf(stream, count), late]);
  // It is awaited later than it may fail.
  following.catch(() => undefined).finally(() => clearTimeout(timer));
  return following;
}
