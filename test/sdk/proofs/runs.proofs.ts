import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import {
  ECHOED,
  ENDLESS,
  endlessRun,
  eventsOf,
  expectRefusal,
  HELLO,
  inNewerLine,
  message,
  NEVER,
  newThread,
  partsOf,
  threadAfter,
  TIME,
  until,
  UUID,
  type Part,
  type ProofsOf,
  type Scene,
} from '../proof.js';

const threadNotFound = (threadId: string) => `Thread with ID ${threadId} not found`;
const NO_ASSISTANT =
  'No assistant found for "nope". Make sure the assistant ID is for a valid assistant or a valid graph ID.';
const RUN_NOT_FOUND = 'Run not found';
const MISSING = [{ event: 'error', data: { error: 'HTTPException', message: '404: Run not found' } }];
const STEPS = ['one', 'two', 'three'];

/** In a batch the client passes options on under the names they have. */
const KEPT = { assistantId: 'agent', input: HELLO, on_completion: 'keep' };

/** A run that has ended. */
async function endedRun(scene: Scene, options: object = {}): Promise<{ threadId: string; runId: string }> {
  const threadId = await newThread(scene);
  const { runs } = scene.alice;
  const { run_id } = await runs.create(threadId, 'agent', { input: HELLO, ...options });
  await runs.join(threadId, run_id);
  return { threadId, runId: run_id };
}

/** Closes the connection once the run is known: only its signal does; to stop reading leaves it open. */
async function leaveAfterFirst(stream: AsyncIterable<Part>, leaving: AbortController): Promise<string> {
  const [first] = await partsOf(stream, 1);
  leaving.abort();
  return (first?.data as { run_id: string }).run_id;
}

const statusOf = async ({ alice }: Scene, threadId: string, runId: string) =>
  (await alice.runs.get(threadId, runId)).status;

export const runProofs: ProofsOf<'runs'> = {
  create: {
    'queues a run, and tells its ids': async (scene) => {
      const threadId = await newThread(scene);
      const created: unknown[] = [];
      const config = { tags: ['t'], recursion_limit: 7, configurable: { model: 'm' } };
      const run = await scene.alice.runs.create(threadId, 'agent', {
        input: HELLO,
        config,
        metadata: { k: 1 },
        multitaskStrategy: 'interrupt',
        onRunCreated: (ids) => void created.push(ids),
      });
      expect(run).toEqual({
        run_id: UUID,
        thread_id: threadId,
        assistant_id: 'fe096781-5601-53d2-b2f6-0d3403f7e9ca',
        created_at: TIME,
        updated_at: TIME,
        status: 'pending',
        metadata: expect.objectContaining({ k: 1, owner: 'alice' }),
        kwargs: expect.objectContaining({
          input: HELLO,
          config: expect.objectContaining({
            ...config,
            configurable: expect.objectContaining({ model: 'm' }),
          }),
          stream_mode: ['values'],
        }),
        multitask_strategy: 'interrupt',
      });
      expect(JSON.stringify(run)).not.toContain('langgraph_auth');
      expect(created).toEqual([{ run_id: run.run_id, thread_id: threadId }]);
      expect(await scene.alice.runs.join(threadId, run.run_id)).toEqual(ECHOED);
    },
    'runs without a thread, which goes when the run has ended': async ({ alice }) => {
      const created: unknown[] = [];
      const { run_id, thread_id } = await alice.runs.create(null, 'slow', {
        input: { ms: 500 },
        onRunCreated: (ids) => void created.push(ids),
      });
      expect(created).toEqual([{ run_id, thread_id: undefined }]);
      expect(await alice.threads.get(thread_id)).toMatchObject({ status: 'busy' });
      await until(async () => (await alice.threads.search({ ids: [thread_id] })).length === 0);
    },
    'brings a thread along when it is told to': async ({ alice }) => {
      const threadId = crypto.randomUUID();
      const run = await alice.runs.create(threadId, 'agent', { input: HELLO, ifNotExists: 'create' });
      await alice.runs.join(threadId, run.run_id);
      expect(await alice.threads.get(threadId)).toMatchObject({
        metadata: { owner: 'alice' },
        values: ECHOED,
      });
    },
    'runs later when it is told to': async (scene) => {
      const threadId = await newThread(scene);
      const { run_id } = await scene.alice.runs.create(threadId, 'agent', {
        input: HELLO,
        afterSeconds: 3600,
      });
      expect(await statusOf(scene, threadId, run_id)).toBe('pending');
      expect(await scene.alice.threads.get(threadId)).toMatchObject({ status: 'busy' });
      await scene.alice.runs.cancel(threadId, run_id);
      expect(await statusOf(scene, threadId, run_id)).toBe('interrupted');
    },
    'answers 409 on a busy thread with strategy reject': async (scene) => {
      const threadId = await newThread(scene);
      const runId = await endlessRun(scene, threadId);
      const second = { input: HELLO, multitaskStrategy: 'reject' } as const;
      await expectRefusal(scene.alice.runs.create(threadId, 'agent', second), 409, /already running a task/);
      expect(await scene.alice.runs.list(threadId)).toHaveLength(1);
      await scene.alice.runs.cancel(threadId, runId, true);
    },
    'answers 404 for an unknown assistant, and for a thread that is missing or foreign': async (scene) => {
      const threadId = await newThread(scene);
      const input = { input: HELLO };
      await expectRefusal(scene.alice.runs.create(threadId, 'nope', input), 404, NO_ASSISTANT);
      await expectRefusal(scene.alice.runs.create(NEVER, 'agent', input), 404, threadNotFound(NEVER));
      await expectRefusal(scene.bob.runs.create(threadId, 'agent', input), 404, threadNotFound(threadId));
      expect(await scene.alice.runs.list(threadId)).toEqual([]);
    },
    'answers 404 for an assistant of somebody else': async (scene) => {
      const { assistant_id } = await scene.alice.assistants.create({ graphId: 'agent' });
      const run = scene.bob.runs.create(null, assistant_id, { input: HELLO });
      await expectRefusal(run, 404, NO_ASSISTANT.replace('nope', assistant_id));
    },
    'refuses a stream mode that does not exist with 422': async ({ alice }) =>
      expectRefusal(alice.runs.create(null, 'agent', { streamMode: 'smoke' as never }), 422, /stream_mode/),
  },
  createBatch: {
    'queues runs without threads, each with its own assistant': async ({ alice }) => {
      const runs = await alice.runs.createBatch([KEPT, { ...KEPT, assistantId: 'steps', input: {} }]);
      expect(runs).toMatchObject([{ status: 'pending' }, { status: 'pending' }]);
      const results = await Promise.all(
        runs.map(({ thread_id, run_id }) => alice.runs.join(thread_id, run_id)),
      );
      expect(results).toEqual([ECHOED, { steps: STEPS }]);
    },
    'queues none when one of them is not possible': async ({ alice }) => {
      const before = await alice.threads.count();
      const batch = [KEPT, { assistantId: 'nope', input: HELLO }];
      await expectRefusal(alice.runs.createBatch(batch), 404, NO_ASSISTANT);
      expect(await alice.threads.count()).toBe(before);
    },
    'refuses an empty list with 422': async ({ alice }) =>
      expectRefusal(alice.runs.createBatch([]), 422, /list of 1 to/),
  },
  wait: {
    'returns the last values, on a thread and without one': async (scene) => {
      const threadId = await newThread(scene);
      const created: unknown[] = [];
      const onRunCreated = (ids: unknown) => void created.push(ids);
      expect(await scene.alice.runs.wait(threadId, 'agent', { input: HELLO, onRunCreated })).toEqual(ECHOED);
      expect(await scene.alice.runs.wait(null, 'agent', { input: HELLO })).toEqual(ECHOED);
      expect(created).toEqual([{ run_id: UUID, thread_id: threadId }]);
    },
    'returns the question of an interrupt, and goes on with the answer': async (scene) => {
      const threadId = await newThread(scene);
      const { runs } = scene.alice;
      expect(await runs.wait(threadId, 'review', { input: { text: 'poem' } })).toMatchObject({
        text: 'draft of poem',
        __interrupt__: [{ id: expect.any(String), value: { question: 'Publish draft of poem?' } }],
      });
      expect(await runs.wait(threadId, 'review', { command: { resume: 'yes' } })).toEqual({
        text: 'draft of poem: yes',
        verdict: 'yes',
      });
    },
    'stops before and after nodes, and goes on without input': async (scene) => {
      const threadId = await newThread(scene);
      const { runs, threads } = scene.alice;
      await runs.wait(threadId, 'steps', { input: {}, interruptBefore: ['two'] });
      expect(await threads.getState(threadId)).toMatchObject({ values: { steps: ['one'] }, next: ['two'] });
      await runs.wait(threadId, 'steps', { input: null, interruptAfter: ['two'] });
      expect(await threads.getState(threadId)).toMatchObject({ next: ['three'] });
      expect(await runs.wait(threadId, 'steps')).toEqual({ steps: STEPS });
    },
    'gives the graph its context': async ({ alice }) => {
      expect(await alice.runs.wait(null, 'context', { input: {}, context: { tone: 'dry' } })).toEqual({
        seen: { context: { tone: 'dry' }, user: 'alice' },
      });
    },
    'goes on from a checkpoint of the past': async (scene) => {
      const threadId = await threadAfter(scene, 'steps', {});
      const past = (await scene.alice.threads.getHistory(threadId))[2];
      const { checkpoint_id, checkpoint_ns } = past.checkpoint;
      const checkpoint = { checkpoint_id, checkpoint_ns } as never;
      expect(await scene.alice.runs.wait(threadId, 'steps', { input: null, checkpoint })).toEqual({
        steps: STEPS,
      });
      expect(await scene.alice.threads.getHistory(threadId)).toHaveLength(8);
    },
    'throws what the graph has thrown, or returns it': async ({ alice }) => {
      const waiting = alice.runs.wait(null, 'failing', { input: { messages: [] } });
      await expect(waiting).rejects.toThrow('OutOfCoffeeError: There is no coffee left');
      const quiet = { input: { messages: [] }, raiseError: false };
      expect(await alice.runs.wait(null, 'failing', quiet)).toEqual({
        __error__: { error: 'OutOfCoffeeError', message: 'There is no coffee left' },
      });
    },
    'answers 404 for a thread that is missing or foreign': async (scene) => {
      const threadId = await newThread(scene);
      await expectRefusal(
        scene.alice.runs.wait(NEVER, 'agent', { input: HELLO }),
        404,
        threadNotFound(NEVER),
      );
      const foreign = scene.bob.runs.wait(threadId, 'agent', { input: HELLO });
      await expectRefusal(foreign, 404, threadNotFound(threadId));
    },
  },
  stream: {
    'tells the events of the run in order, with ids, and the ids of the run first': async (scene) => {
      const threadId = await newThread(scene);
      const created: { run_id: string }[] = [];
      const stream = scene.alice.runs.stream(threadId, 'agent', {
        input: HELLO,
        streamMode: ['values', 'updates'],
        onRunCreated: (ids) => void created.push(ids),
      });
      const parts = await partsOf(stream);
      expect(parts).toEqual([
        { id: '0', event: 'metadata', data: { run_id: created[0]?.run_id, attempt: 1 } },
        { id: '1', event: 'values', data: { messages: [message('human', 'hello')] } },
        { id: '2', event: 'updates', data: { agent: { messages: [message('ai', 'echo: hello')] } } },
        { id: '3', event: 'values', data: ECHOED },
      ]);
      expect(created).toEqual([{ run_id: UUID, thread_id: threadId }]);
    },
    'works without a thread': async ({ alice }) => {
      const parts = await partsOf(alice.runs.stream(null, 'agent', { input: HELLO, streamMode: 'updates' }));
      expect(eventsOf(parts)).toEqual(['metadata', 'updates']);
    },
    'tells tokens as they come': async ({ alice }) => {
      const parts = await partsOf(
        alice.runs.stream(null, 'chat', { input: HELLO, streamMode: 'messages-tuple' }),
      );
      const chunks = parts.slice(1).map(({ data }) => data as [{ content: string }, object]);
      expect(chunks.map(([{ content }]) => content)).toEqual(['You ', 'said ', 'hello']);
      expect(chunks[0]?.[1]).toMatchObject({ langgraph_node: 'answer', graph_id: 'chat' });
    },
    'names the subgraphs that events come from': async ({ alice }) => {
      const parts = await partsOf(
        alice.runs.stream(null, 'nested', { input: {}, streamMode: 'updates', streamSubgraphs: true }),
      );
      expect(eventsOf(parts).map((event) => event.replaceAll(/:[0-9a-f-]{36}/g, ''))).toEqual([
        'metadata',
        'updates',
        'updates|child',
        'updates|child|grandchild',
        'updates|child',
        'updates',
      ]);
    },
    'ends with an error event when the graph throws': async ({ alice }) => {
      const parts = await partsOf(alice.runs.stream(null, 'failing', { input: { messages: [] } }));
      expect(parts.at(-1)).toMatchObject({
        event: 'error',
        data: { error: 'OutOfCoffeeError', message: 'There is no coffee left' },
      });
    },
    'cancels the run when the client goes away, if it was told to': async (scene) => {
      const threadId = await newThread(scene);
      const leaving = new AbortController();
      const options = { input: ENDLESS, onDisconnect: 'cancel', signal: leaving.signal } as const;
      const runId = await leaveAfterFirst(scene.alice.runs.stream(threadId, 'slow', options), leaving);
      await until(async () => (await statusOf(scene, threadId, runId)) === 'interrupted');
    },
    'answers 404 for a thread that is missing or foreign': async (scene) => {
      const threadId = await newThread(scene);
      const { alice, bob } = scene;
      await expectRefusal(
        partsOf(alice.runs.stream(NEVER, 'agent', { input: HELLO })),
        404,
        threadNotFound(NEVER),
      );
      const foreign = partsOf(bob.runs.stream(threadId, 'agent', { input: HELLO }));
      await expectRefusal(foreign, 404, threadNotFound(threadId));
    },
  },
  list: {
    'lists the runs of a thread, newest first, in pages': async (scene) => {
      const threadId = await newThread(scene);
      const { runs } = scene.alice;
      const ids: string[] = [];
      for (let count = 0; count < 3; count++) {
        await runs.wait(threadId, 'agent', {
          input: HELLO,
          onRunCreated: ({ run_id }) => void ids.unshift(run_id),
        });
      }
      const idsOf = async (options: object) =>
        (await runs.list(threadId, options)).map(({ run_id }) => run_id);
      expect(await idsOf({})).toEqual(ids);
      expect(await idsOf({ limit: 1, offset: 1 })).toEqual([ids[1]]);
      expect(await idsOf({ status: 'success' })).toEqual(ids);
      expect(await idsOf({ status: 'error' })).toEqual([]);
    },
    'returns only the fields that were selected': async (scene) => {
      const { threadId, runId } = await endedRun(scene);
      const select = ['run_id', 'status'];
      expect(await scene.alice.runs.list(threadId, { select } as object)).toEqual([
        { run_id: runId, status: 'success' },
      ]);
    },
    'lists those of neither a missing nor a foreign thread': async (scene) => {
      const { threadId } = await endedRun(scene);
      await expectRefusal(scene.bob.runs.list(threadId), 404, threadNotFound(threadId));
      await expectRefusal(scene.alice.runs.list(NEVER), 404, threadNotFound(NEVER));
    },
    'refuses a status that does not exist with 422': async (scene) => {
      const threadId = await newThread(scene);
      const list = scene.alice.runs.list(threadId, { status: 'happy' as never });
      await expectRefusal(list, 422, /status/);
    },
  },
  get: {
    'returns the run and what became of it': async (scene) => {
      const { threadId, runId } = await endedRun(scene, { metadata: { k: 1 } });
      const run = await scene.alice.runs.get(threadId, runId);
      expect(run).toMatchObject({
        run_id: runId,
        thread_id: threadId,
        status: 'success',
        metadata: { k: 1, owner: 'alice' },
        kwargs: { input: HELLO },
        multitask_strategy: 'enqueue',
      });
      expect(JSON.stringify(run)).not.toContain('langgraph_auth');
    },
    'tells that a run failed': async (scene) => {
      const threadId = await newThread(scene);
      const { run_id } = await scene.alice.runs.create(threadId, 'failing', { input: { messages: [] } });
      await scene.alice.runs.join(threadId, run_id);
      expect(await statusOf(scene, threadId, run_id)).toBe('error');
      expect(await scene.alice.threads.get(threadId)).toMatchObject({ status: 'error' });
    },
    'knows no run that is missing, foreign, or of another thread': async (scene) => {
      const { threadId, runId } = await endedRun(scene);
      await expectRefusal(scene.alice.runs.get(threadId, NEVER), 404, RUN_NOT_FOUND);
      await expectRefusal(scene.alice.runs.get(await newThread(scene), runId), 404, RUN_NOT_FOUND);
      await expectRefusal(scene.bob.runs.get(threadId, runId), 404, threadNotFound(threadId));
    },
  },
  cancel: {
    'interrupts a run, and waits for it when it is told to': async (scene) => {
      const threadId = await newThread(scene);
      const runId = await endlessRun(scene, threadId);
      await expect(scene.alice.runs.cancel(threadId, runId, true)).resolves.toBeUndefined();
      expect(await statusOf(scene, threadId, runId)).toBe('interrupted');
    },
    'returns before the run has stopped otherwise': async (scene) => {
      const threadId = await newThread(scene);
      const runId = await endlessRun(scene, threadId);
      await expect(scene.alice.runs.cancel(threadId, runId)).resolves.toBeUndefined();
      await until(async () => (await statusOf(scene, threadId, runId)) === 'interrupted');
    },
    'deletes the run and its checkpoints with action rollback': async (scene) => {
      const threadId = await threadAfter(scene, 'slow', { ms: 0 });
      const before = await scene.alice.threads.getHistory(threadId);
      const runId = await endlessRun(scene, threadId);
      await scene.alice.runs.cancel(threadId, runId, true, 'rollback');
      await expectRefusal(scene.alice.runs.get(threadId, runId), 404, RUN_NOT_FOUND);
      expect(await scene.alice.threads.getHistory(threadId)).toEqual(before);
    },
    'answers 409 for a run that has ended': async (scene) => {
      const { threadId, runId } = await endedRun(scene);
      await expectRefusal(scene.alice.runs.cancel(threadId, runId), 409, 'Run has already ended');
      expect(await statusOf(scene, threadId, runId)).toBe('success');
    },
    'cancels neither a missing nor a foreign run': async (scene) => {
      const threadId = await newThread(scene);
      const runId = await endlessRun(scene, threadId);
      await expectRefusal(scene.alice.runs.cancel(threadId, NEVER), 404, RUN_NOT_FOUND);
      await expectRefusal(scene.bob.runs.cancel(threadId, runId), 404, RUN_NOT_FOUND);
      expect(await statusOf(scene, threadId, runId)).toBe('running');
      await scene.alice.runs.cancel(threadId, runId, true);
    },
  },
  cancelMany: {
    'cancels the runs of a thread that are named': async (scene) => {
      const threadId = await newThread(scene);
      const running = await endlessRun(scene, threadId);
      const { run_id: queued } = await scene.alice.runs.create(threadId, 'agent', { input: HELLO });
      await scene.alice.runs.cancelMany({ threadId, runIds: [running, queued] });
      for (const runId of [running, queued])
        await until(async () => (await statusOf(scene, threadId, runId)) === 'interrupted');
    },
    'cancels what is pending of all visible threads': async (scene) => {
      const { alice, bob } = scene;
      const [mine, foreign] = [await newThread(scene), await newThread({ alice: bob, bob: alice })];
      const later = { input: HELLO, afterSeconds: 3600 };
      const own = await alice.runs.create(mine, 'agent', later);
      const his = await bob.runs.create(foreign, 'agent', later);
      await alice.runs.cancelMany({ status: 'pending' });
      await until(async () => (await statusOf(scene, mine, own.run_id)) === 'interrupted');
      expect(await bob.runs.get(foreign, his.run_id)).toMatchObject({ status: 'pending' });
      await bob.runs.cancel(foreign, his.run_id);
    },
    'answers 404 for foreign runs and 422 for no runs at all': async (scene) => {
      const { threadId, runId } = await endedRun(scene);
      const foreign = scene.bob.runs.cancelMany({ threadId, runIds: [runId] });
      await expectRefusal(foreign, 404, threadNotFound(threadId));
      await expectRefusal(scene.alice.runs.cancelMany({ threadId }), 422, /run_ids or status/);
    },
  },
  join: {
    'waits for the end, and returns the last values': async (scene) => {
      const threadId = await newThread(scene);
      const { run_id } = await scene.alice.runs.create(threadId, 'slow', { input: { ms: 100, steps: 2 } });
      expect(await scene.alice.runs.join(threadId, run_id)).toEqual({ ms: 100, steps: 2, done: 2 });
      expect(await statusOf(scene, threadId, run_id)).toBe('success');
    },
    'returns at once what a run that has ended left behind': async (scene) => {
      const { threadId, runId } = await endedRun(scene);
      expect(await scene.alice.runs.join(threadId, runId)).toEqual(ECHOED);
    },
    'tells the error of a run that failed': async (scene) => {
      const threadId = await newThread(scene);
      const { run_id } = await scene.alice.runs.create(threadId, 'failing', { input: { messages: [] } });
      expect(await scene.alice.runs.join(threadId, run_id)).toEqual({
        __error__: { error: 'OutOfCoffeeError', message: 'There is no coffee left' },
      });
    },
    'cancels the run when the client goes away, if it was told to': inNewerLine(async (scene) => {
      const threadId = await newThread(scene);
      const runId = await endlessRun(scene, threadId);
      const leaving = new AbortController();
      const options = { cancelOnDisconnect: true, signal: leaving.signal };
      const joining = scene.alice.runs.join(threadId, runId, options);
      const abandoned = expect(joining).rejects.toThrow();
      await sleep(200);
      leaving.abort();
      await abandoned;
      await until(async () => (await statusOf(scene, threadId, runId)) === 'interrupted');
    }),
    'knows neither a missing nor a foreign run': async (scene) => {
      const { threadId, runId } = await endedRun(scene);
      await expectRefusal(scene.alice.runs.join(threadId, NEVER), 404, RUN_NOT_FOUND);
      await expectRefusal(scene.bob.runs.join(threadId, runId), 404, threadNotFound(threadId));
    },
  },
  joinStream: {
    'follows a live run to its end, in any number of readers': async (scene) => {
      const threadId = await newThread(scene);
      const { runs } = scene.alice;
      const { run_id } = await runs.create(threadId, 'slow', { input: { ms: 250, steps: 3 } });
      const join = () => partsOf(runs.joinStream(threadId, run_id, { lastEventId: '-1' }));
      const [first, second] = await Promise.all([join(), join()]);
      expect(eventsOf(first)).toEqual(['metadata', 'values', 'values', 'values', 'values']);
      expect(first.map(({ id }) => id)).toEqual(['0', '1', '2', '3', '4']);
      expect(second).toEqual(first);
    },
    'replays a resumable run from an event on, exactly as it was': async (scene) => {
      const { threadId, runId } = await endedRun(scene, {
        streamResumable: true,
        streamMode: ['values', 'updates'],
      });
      const { runs } = scene.alice;
      const replay = (lastEventId: string) => partsOf(runs.joinStream(threadId, runId, { lastEventId }));
      const all = await replay('-1');
      expect(eventsOf(all)).toEqual(['metadata', 'values', 'updates', 'values']);
      expect(await replay('1')).toEqual(all.slice(2));
      expect(await replay('3')).toEqual([]);
      expect(await partsOf(runs.joinStream(null, runId, { lastEventId: '-1' }))).toEqual(all);
    },
    'leaves out other modes when it is told to': async (scene) => {
      const { threadId, runId } = await endedRun(scene, {
        streamResumable: true,
        streamMode: ['values', 'updates'],
      });
      const options = { lastEventId: '-1', streamMode: 'updates' } as const;
      const parts = await partsOf(scene.alice.runs.joinStream(threadId, runId, options));
      expect(eventsOf(parts)).toEqual(['metadata', 'updates']);
    },
    'is empty for a run that has ended and is not resumable': async (scene) => {
      const { threadId, runId } = await endedRun(scene);
      expect(await partsOf(scene.alice.runs.joinStream(threadId, runId, { lastEventId: '-1' }))).toEqual([]);
    },
    'cancels the run when the client goes away, if it was told to': async (scene) => {
      const threadId = await newThread(scene);
      const runId = await endlessRun(scene, threadId);
      const leaving = new AbortController();
      const options = { cancelOnDisconnect: true, lastEventId: '-1', signal: leaving.signal };
      await leaveAfterFirst(scene.alice.runs.joinStream(threadId, runId, options), leaving);
      await until(async () => (await statusOf(scene, threadId, runId)) === 'interrupted');
    },
    'tells in the stream that a run is missing, or foreign': async (scene) => {
      const { threadId, runId } = await endedRun(scene, { streamResumable: true });
      const { alice, bob } = scene;
      for (const stream of [
        alice.runs.joinStream(threadId, NEVER),
        bob.runs.joinStream(threadId, runId, { lastEventId: '-1' }),
        bob.runs.joinStream(null, runId, { lastEventId: '-1' }),
      ])
        expect(await partsOf(stream)).toEqual(MISSING);
    },
  },
  delete: {
    'deletes a run and its checkpoints': async (scene) => {
      const { threadId, runId } = await endedRun(scene);
      await expect(scene.alice.runs.delete(threadId, runId)).resolves.toBeUndefined();
      await expectRefusal(scene.alice.runs.get(threadId, runId), 404, RUN_NOT_FOUND);
      expect(await scene.alice.threads.getHistory(threadId)).toEqual([]);
    },
    'answers 409 while it is running': async (scene) => {
      const threadId = await newThread(scene);
      const runId = await endlessRun(scene, threadId);
      await expectRefusal(scene.alice.runs.delete(threadId, runId), 409, /Run is running/);
      await scene.alice.runs.cancel(threadId, runId, true);
    },
    'deletes neither a missing nor a foreign run': async (scene) => {
      const { threadId, runId } = await endedRun(scene);
      await expectRefusal(scene.alice.runs.delete(threadId, NEVER), 404, RUN_NOT_FOUND);
      await expectRefusal(scene.bob.runs.delete(threadId, runId), 404, RUN_NOT_FOUND);
      expect(await statusOf(scene, threadId, runId)).toBe('success');
    },
  },
};
