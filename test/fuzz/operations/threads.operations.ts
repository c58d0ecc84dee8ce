import fc from 'fast-check';
import { expectListing, listing, listingRequest } from '../support/listing.js';
import { GRAPH, type ThreadRow } from '../support/model.js';
import {
  criteria,
  expectSame,
  firstOf,
  given,
  imageStatus,
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
  type Trial,
} from '../support/operation.js';
import { isRefusal, stamped, type Metadata } from '../support/rules.js';

const ONE_STEP = { updates: [{ values: { steps: ['past'] }, as_node: 'three' }] };

const create = operation(
  'create a thread',
  10,
  {
    id: maybePlace,
    metadata,
    on_graph: fc.boolean(),
    past: fc.oneof({ weight: 7, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 2 })),
    if_exists: fc.constantFrom('raise', 'do_nothing'),
  },
  (scene, { id, metadata, on_graph, past, if_exists }) => {
    const { model, actor } = scene;
    const named = id === undefined ? undefined : model.threads.at(id);
    const graph = on_graph || past > 0 ? { graph_id: GRAPH } : {};
    const row = stamped(actor, { ...given(scene, metadata), ...graph });
    const toCreate = verdict(scene, 'threads', 'create');
    const isFree = !named?.row;
    const isFound = named?.row && if_exists === 'do_nothing' && toCreate.reaches(named.row.metadata);
    return {
      request: {
        method: 'POST',
        url: '/threads',
        body: {
          ...(named && { thread_id: named.id }),
          metadata: { ...scene.cast.resolve(metadata), ...graph },
          if_exists,
          ...(past > 0 && { supersteps: Array.from({ length: past }, () => ONE_STEP) }),
        },
      },
      status: firstOf(
        isRefusal(toCreate) ? 403 : 200,
        imageStatus(toCreate, row),
        isFree || isFound ? 200 : 409,
      ),
      settle(answer) {
        if (named?.row) expectThread(answer, named.row);
        else expectThread(answer, keep(scene, answer, row, past));
      },
    };
  },
);

const read = operation('read a thread', 6, { thread: place }, (scene, { thread }) => {
  const { id, row } = scene.model.threads.at(thread);
  return {
    request: { method: 'GET', url: `/threads/${id}` },
    status: statusOf(verdict(scene, 'threads', 'read'), row),
    settle: (answer) => expectThread(answer, row),
  };
});

const update = operation('change a thread', 5, { thread: place, metadata }, (scene, { thread, metadata }) => {
  const { id, row } = scene.model.threads.at(thread);
  const toUpdate = verdict(scene, 'threads', 'update');
  const changed = { ...row?.metadata, ...given(scene, metadata) };
  return {
    request: { method: 'PATCH', url: `/threads/${id}`, body: { metadata: scene.cast.resolve(metadata) } },
    status: firstOf(statusOf(toUpdate, row), imageStatus(toUpdate, changed)),
    settle(answer) {
      if (row) row.metadata = changed;
      expectThread(answer, row);
    },
  };
});

const remove = operation('delete a thread', 2, { thread: place }, (scene, { thread }) => {
  const { id, row } = scene.model.threads.at(thread);
  return {
    request: { method: 'DELETE', url: `/threads/${id}` },
    status: firstOf(204, statusOf(verdict(scene, 'threads', 'delete'), row)),
    settle: () => scene.model.removeThread(id),
  };
});

interface Wanted {
  readonly criteria: Metadata;
  readonly ids: readonly number[] | undefined;
  readonly status: 'idle' | 'busy' | undefined;
}

const wanted = {
  criteria,
  ids: fc.option(fc.array(place, { maxLength: 4 }), { nil: undefined, freq: 2 }),
  status: fc.option(fc.constantFrom('idle', 'busy'), { nil: undefined, freq: 2 }),
} as const;

const search = operation('search threads', 7, { ...wanted, listing }, (scene, { listing, ...wanted }) => {
  const { body, headers } = listingRequest(listing, 'thread_id');
  const { criteria, found } = look(scene, wanted);
  return {
    request: { method: 'POST', url: '/threads/search', body: { ...body, ...criteria }, headers },
    status: isRefusal(verdict(scene, 'threads', 'search')) ? 403 : 200,
    settle: (answer) => expectListing(answer, found, listing, 'thread_id'),
  };
});

const count = operation('count threads', 4, wanted, (scene, wanted) => {
  const { criteria, found } = look(scene, wanted);
  return {
    request: { method: 'POST', url: '/threads/count', body: criteria },
    status: isRefusal(verdict(scene, 'threads', 'search')) ? 403 : 200,
    settle: ({ body }) => expectSame('the count', body, found.length),
  };
});

const copy = operation('copy a thread', 3, { thread: place }, (scene, { thread }): Trial => {
  const { id, row } = scene.model.threads.at(thread);
  const toCreate = verdict(scene, 'threads', 'create');
  const copied = (thread_id: string): Metadata => stamped(scene.actor, { ...row?.metadata, thread_id });
  return {
    request: { method: 'POST', url: `/threads/${id}/copy` },
    status: firstOf(
      statusOf(verdict(scene, 'threads', 'read'), row, 409),
      isRefusal(toCreate) ? 403 : 200,
      imageStatus(toCreate, copied('')),
    ),
    settle(answer) {
      const made = keep(scene, answer, copied(textIn(answer, 'thread_id')), row?.checkpoints ?? 0);
      made.steps = row?.steps ?? 0;
      expectThread(answer, made);
    },
  };
});

const prune = operation(
  'prune threads',
  1,
  {
    threads: fc.array(place, { minLength: 1, maxLength: 3 }),
    strategy: fc.constantFrom('delete', 'keep_latest'),
  },
  (scene, { threads, strategy }) => {
    const { model } = scene;
    const toDelete = verdict(scene, 'threads', 'delete');
    const named = threads.map((thread) => model.threads.at(thread));
    const rows = [...new Set(named.flatMap(({ row }) => row ?? []))]
      .filter(({ metadata }) => toDelete.reaches(metadata))
      .filter(({ id }) => strategy === 'delete' || !model.isBusy(id));
    return {
      request: {
        method: 'POST',
        url: '/threads/prune',
        body: { thread_ids: named.map(({ id }) => id), strategy },
      },
      status: isRefusal(toDelete) ? 403 : 200,
      settle(answer) {
        expectSame('pruned_count', objectIn(answer).pruned_count, rows.length);
        for (const row of rows)
          if (strategy === 'delete') model.removeThread(row.id);
          else row.checkpoints = Math.min(row.checkpoints, 1);
      },
    };
  },
);

export const threadOperations = [create, read, update, remove, search, count, copy, prune];

function look(scene: Scene, { criteria, ids, status }: Wanted) {
  const { model } = scene;
  const named = ids?.map((place) => model.threads.at(place).id);
  const metadata = scene.cast.resolve(criteria);
  const found = model.threads
    .found(verdict(scene, 'threads', 'search'), metadata)
    .filter(({ id }) => named?.includes(id) ?? true)
    .filter(({ id }) => status === undefined || model.isBusy(id) === (status === 'busy'));
  return { criteria: { metadata, ...(named && { ids: named }), ...(status && { status }) }, found };
}

/** What was created just now. */
function keep({ model }: Scene, answer: FuzzAnswer, metadata: Metadata, past: number): ThreadRow {
  return model.threads.add({
    id: textIn(answer, 'thread_id'),
    created_at: textIn(answer, 'created_at'),
    metadata,
    checkpoints: past,
    steps: past,
  });
}

function expectThread(answer: FuzzAnswer, row: ThreadRow | undefined): void {
  expectSame('thread_id', objectIn(answer).thread_id, row?.id);
  expectSame('metadata', objectIn(answer).metadata, row?.metadata);
}
