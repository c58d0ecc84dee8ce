import fc from 'fast-check';
import { expectRows, newestFirst } from '../support/listing.js';
import { GRAPH, PROVIDED_ID, type AssistantRow, type RunRow, type ThreadRow } from '../support/model.js';
import {
  expectSame,
  firstOf,
  given,
  listIn,
  maybePlace,
  metadata,
  objectIn,
  operation,
  place,
  statusOf,
  textIn,
  verdict,
  type FuzzAnswer,
  type Scene,
} from '../support/operation.js';
import { isFound } from '../support/rows.js';
import { isRefusal, stamped, type Metadata } from '../support/rules.js';

/** No run of a fuzz begins: what a run does is not what is asked here. */
const LATER_SECONDS = 1_000_000;
/** How a stream says it. */
const MISSING = '404: Run not found';

const create = operation(
  'create a run on a thread',
  5,
  {
    thread: place,
    assistant: maybePlace,
    metadata,
    if_not_exists: fc.constantFrom('reject', 'create'),
    multitask_strategy: fc.constantFrom('enqueue', 'reject', 'interrupt', 'rollback'),
  },
  (scene, { thread, assistant, metadata, if_not_exists, multitask_strategy }) => {
    const { model } = scene;
    const named = model.threads.at(thread);
    const toRun = verdict(scene, 'threads', 'run');
    const reached = named.row && toRun.reaches(named.row.metadata) ? named.row : undefined;
    const isCreated = !named.row && if_not_exists === 'create';
    const using = assistantFor(scene, assistant);
    return {
      request: {
        method: 'POST',
        url: `/threads/${named.id}/runs`,
        body: { ...using.body, ...bodyOf(scene, metadata), if_not_exists, multitask_strategy },
      },
      status: firstOf(
        isRefusal(toRun) ? 403 : 200,
        using.status,
        reached || isCreated ? 200 : 404,
        reached && multitask_strategy === 'reject' && model.isBusy(named.id) ? 409 : 200,
      ),
      settle(answer) {
        if (multitask_strategy === 'interrupt' || multitask_strategy === 'rollback')
          cancelAllOn(scene, named.id, multitask_strategy);
        keep(scene, answer, { using: using.row, on: reached, metadata });
      },
    };
  },
);

const createAlone = operation(
  'create a run with a thread of its own',
  2,
  { assistant: maybePlace, metadata },
  (scene, { assistant, metadata }) => {
    const using = assistantFor(scene, assistant);
    return {
      request: {
        method: 'POST',
        url: '/runs',
        body: { ...using.body, ...bodyOf(scene, metadata), on_completion: 'keep' },
      },
      status: firstOf(isRefusal(verdict(scene, 'threads', 'run')) ? 403 : 200, using.status),
      settle: (answer) => keep(scene, answer, { using: using.row, on: undefined, metadata }),
    };
  },
);

const createBatch = operation(
  'create runs at once',
  1,
  { batch: fc.array(fc.record({ assistant: maybePlace, metadata }), { minLength: 1, maxLength: 3 }) },
  (scene, { batch }) => {
    const used = batch.map(({ assistant }) => assistantFor(scene, assistant));
    return {
      request: {
        method: 'POST',
        url: '/runs/batch',
        body: batch.map(({ metadata }, index) => ({
          ...used[index].body,
          ...bodyOf(scene, metadata),
          on_completion: 'keep',
        })),
      },
      status: firstOf(
        isRefusal(verdict(scene, 'threads', 'run')) ? 403 : 200,
        ...used.map(({ status }) => status),
      ),
      settle(answer) {
        for (const [index, body] of listIn(answer).entries())
          keep(scene, { body }, { using: used[index].row, on: undefined, metadata: batch[index].metadata });
      },
    };
  },
);

const list = operation('list the runs of a thread', 4, { thread: place }, (scene, { thread }) => {
  const { model } = scene;
  const { id, row } = model.threads.at(thread);
  const toSearch = verdict(scene, 'threads', 'search');
  const runs = row && toSearch.reaches(row.metadata) ? model.runsOf(id) : [];
  // What a handler adds to a search of threads it adds to that of their runs.
  const found = runs.filter(({ metadata }) => isFound(metadata, { ...toSearch, reaches: () => true }));
  return {
    request: { method: 'GET', url: `/threads/${id}/runs?limit=100` },
    status: firstOf(isRefusal(toSearch) ? 403 : 200, statusOf(verdict(scene, 'threads', 'read'), row)),
    settle: (answer) => expectRows(answer, newestFirst(found), 'run_id'),
  };
});

/** A run, and in its path the thread that it is on, or some other one. */
const address = { run: place, thread: maybePlace };

const read = operation('read a run', 4, address, (scene, drawn) => {
  const { url, thread_id, id } = pathOf(scene, drawn);
  const toRead = verdict(scene, 'threads', 'read');
  const run = scene.model.runReachedBy(toRead, { id, thread_id });
  return {
    request: { method: 'GET', url },
    status: firstOf(isRefusal(toRead) ? 403 : 200, run ? 200 : 404),
    settle: (answer) => expectRun(answer, run),
  };
});

/** Only of what has ended, or is out of reach: what is pending would be waited for. */
const join = operation(
  'join a run',
  2,
  { run: place, how: fc.constantFrom('join', 'stream'), on_thread: fc.boolean() },
  (scene, { run, how, on_thread }) => {
    const { url, id } = pathOf(scene, { run, thread: undefined });
    const toRead = verdict(scene, 'threads', 'read');
    const reached = scene.model.runReachedBy(toRead, { id });
    const path = on_thread ? url : `/runs/${id}`;
    if (isLive(reached))
      return { request: { method: 'GET', url }, status: 200, settle: (answer) => expectRun(answer, reached) };
    return {
      request: { method: 'GET', url: `${path}/${how}` },
      status: firstOf(isRefusal(toRead) ? 403 : 200, reached || how === 'stream' ? 200 : 404),
      settle: ({ text }) =>
        expectSame('whether the run is said to be missing', text.includes(MISSING), !reached),
    };
  },
);

const remove = operation('delete a run', 1, address, (scene, drawn) => {
  const { url, thread_id, id } = pathOf(scene, drawn);
  const toDelete = verdict(scene, 'threads', 'delete');
  const run = scene.model.runReachedBy(toDelete, { id, thread_id });
  return {
    request: { method: 'DELETE', url },
    status: firstOf(isRefusal(toDelete) ? 403 : 204, run ? 204 : 404),
    settle: () => scene.model.runs.remove(id),
  };
});

const action = fc.constantFrom('interrupt', 'rollback');

const cancel = operation('cancel a run', 2, { ...address, action }, (scene, { action, ...drawn }) => {
  const { url, thread_id, id } = pathOf(scene, drawn);
  const toUpdate = verdict(scene, 'threads', 'update');
  const run = scene.model.runReachedBy(toUpdate, { id, thread_id });
  return {
    request: { method: 'POST', url: `${url}/cancel?wait=1&action=${action}` },
    status: firstOf(isRefusal(toUpdate) ? 403 : 204, run ? 204 : 404, isLive(run) ? 204 : 409),
    settle: () => cancelOne(scene, run, action),
  };
});

const cancelById = operation(
  'cancel a run by its id',
  1,
  { run: place, action },
  (scene, { run, action }) => {
    const { id } = scene.model.runs.at(run);
    const [toRead, toUpdate] = [verdict(scene, 'threads', 'read'), verdict(scene, 'threads', 'update')];
    const readable = scene.model.runReachedBy(toRead, { id });
    const reached = scene.model.runReachedBy(toUpdate, { id });
    return {
      request: { method: 'POST', url: `/runs/${id}/cancel?wait=1&action=${action}` },
      status: firstOf(
        isRefusal(toRead) ? 403 : 204,
        readable ? 204 : 404,
        isRefusal(toUpdate) ? 403 : 204,
        reached ? 204 : 404,
        isLive(reached) ? 204 : 409,
      ),
      settle: () => cancelOne(scene, reached, action),
    };
  },
);

const cancelMany = operation(
  'cancel several runs',
  1,
  { runs: fc.array(place, { minLength: 1, maxLength: 3 }), thread: maybePlace, action },
  (scene, { runs, thread, action }) => {
    const { model } = scene;
    const toUpdate = verdict(scene, 'threads', 'update');
    const named = thread === undefined ? undefined : model.threads.at(thread);
    const ids = [...new Set(runs.map((run) => model.runs.at(run).id))];
    const reached = ids.map((id) => model.runReachedBy(toUpdate, { id, thread_id: named?.id }));
    return {
      request: {
        method: 'POST',
        url: `/runs/cancel?action=${action}`,
        body: { run_ids: ids, ...(named && { thread_id: named.id }) },
      },
      status: firstOf(
        isRefusal(toUpdate) ? 403 : 204,
        named && statusOf(toUpdate, named.row) === 404 ? 404 : 204,
        reached.every((run) => run) ? 204 : 404,
      ),
      settle: () => {
        for (const run of reached) cancelOne(scene, run, action);
      },
    };
  },
);

export const runOperations = [
  create,
  createAlone,
  createBatch,
  list,
  read,
  join,
  remove,
  cancel,
  cancelById,
  cancelMany,
];

interface Using {
  readonly body: Readonly<Record<string, unknown>>;
  readonly row: AssistantRow | undefined;
  readonly status: number;
}

/** The assistant that is asked for, and whether there is one to run; the provided one is there for everybody who is not refused. */
export function assistantFor(scene: Scene, place: number | undefined): Using {
  const { assistants } = scene.model;
  const named = place === undefined ? { id: GRAPH, row: assistants.get(PROVIDED_ID) } : assistants.at(place);
  const toRead = verdict(scene, 'assistants', 'read');
  const status = named.row?.id === PROVIDED_ID && !isRefusal(toRead) ? 200 : statusOf(toRead, named.row);
  return { body: { assistant_id: named.id }, row: named.row, status };
}

function bodyOf({ cast }: Scene, metadata: Metadata): Readonly<Record<string, unknown>> {
  return { metadata: cast.resolve(metadata), input: { steps: [] }, after_seconds: LATER_SECONDS };
}

interface Parts {
  readonly using: AssistantRow | undefined;
  /** The thread that it is on; a new one unless given. */
  readonly on: ThreadRow | undefined;
  readonly metadata: Metadata;
}

function keep(scene: Scene, answer: Pick<FuzzAnswer, 'body'>, { using, on, metadata }: Parts): void {
  const { model, actor } = scene;
  const named = { graph_id: GRAPH, assistant_id: using?.id };
  const created = stamped(actor, given(scene, metadata));
  const [thread_id, created_at] = [textIn(answer, 'thread_id'), textIn(answer, 'created_at')];
  const inherited = on ? { ...on.metadata, ...named } : {};
  if (on) on.metadata = { ...on.metadata, ...named };
  else {
    const row = { id: thread_id, created_at, metadata: { ...created, ...named } };
    model.threads.add({ ...row, checkpoints: 0, steps: 0 });
  }
  const run: RunRow = {
    id: textIn(answer, 'run_id'),
    thread_id,
    created_at,
    metadata: { ...using?.metadata, ...inherited, ...created },
    status: 'pending',
  };
  expectRun(answer, model.runs.add(run));
}

function pathOf({ model }: Scene, { run, thread }: { run: number; thread: number | undefined }) {
  const { id, row } = model.runs.at(run);
  const thread_id = thread === undefined && row ? row.thread_id : model.threads.at(thread ?? -1).id;
  return { id, thread_id, url: `/threads/${thread_id}/runs/${id}` };
}

function isLive(run: RunRow | undefined): boolean {
  return run?.status === 'pending';
}

type Action = 'interrupt' | 'rollback';

function cancelOne({ model }: Scene, run: RunRow | undefined, action: Action): void {
  if (!run || !isLive(run)) return;
  if (action === 'rollback') model.runs.remove(run.id);
  else run.status = 'interrupted';
}

function cancelAllOn(scene: Scene, threadId: string, action: Action): void {
  for (const run of scene.model.runsOf(threadId)) cancelOne(scene, run, action);
}

function expectRun(answer: Pick<FuzzAnswer, 'body'>, run: RunRow | undefined): void {
  const { run_id, thread_id, metadata, status } = objectIn(answer);
  expectSame(
    'the run',
    { run_id, thread_id, metadata, status },
    run && {
      run_id: run.id,
      thread_id: run.thread_id,
      metadata: run.metadata,
      status: run.status,
    },
  );
}
