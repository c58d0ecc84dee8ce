import fc from 'fast-check';
import { contains } from '../../../src/persistence/containment/containment.js';
import { expectListing, listing, listingRequest } from '../support/listing.js';
import { GRAPH, PROVIDED_ID, type AssistantRow } from '../support/model.js';
import {
  criteria,
  expectSame,
  firstOf,
  given,
  imageStatus,
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
} from '../support/operation.js';
import { isRefusal, stamped } from '../support/rules.js';

const create = operation(
  'create an assistant',
  5,
  { id: maybePlace, metadata, if_exists: fc.constantFrom('raise', 'do_nothing') },
  (scene, { id, metadata, if_exists }) => {
    const { model, actor } = scene;
    const named = id === undefined ? undefined : model.assistants.at(id);
    const row = stamped(actor, given(scene, metadata));
    const toCreate = verdict(scene, 'assistants', 'create');
    const isFound = named?.row && if_exists === 'do_nothing' && toCreate.reaches(named.row.metadata);
    return {
      request: {
        method: 'POST',
        url: '/assistants',
        body: {
          graph_id: GRAPH,
          ...(named && { assistant_id: named.id }),
          metadata: scene.cast.resolve(metadata),
          if_exists,
        },
      },
      status: firstOf(
        isRefusal(toCreate) ? 403 : 200,
        imageStatus(toCreate, row),
        !named?.row || isFound ? 200 : 409,
      ),
      settle(answer) {
        if (named?.row) {
          expectAssistant(answer, named.row);
          return;
        }
        const made = { id: textIn(answer, 'assistant_id'), created_at: textIn(answer, 'created_at') };
        const versions = [{ version: 1, metadata: row }];
        expectAssistant(answer, model.assistants.add({ ...made, metadata: row, version: 1, versions }));
      },
    };
  },
);

const read = operation('read an assistant', 4, { assistant: place }, (scene, { assistant }) => {
  const { id, row } = scene.model.assistants.at(assistant);
  return {
    request: { method: 'GET', url: `/assistants/${id}` },
    status: statusOf(verdict(scene, 'assistants', 'read'), row),
    settle: (answer) => expectAssistant(answer, row),
  };
});

const update = operation(
  'change an assistant',
  4,
  { assistant: place, metadata },
  (scene, { assistant, metadata }) => {
    const { id, row } = scene.model.assistants.at(assistant);
    const toUpdate = verdict(scene, 'assistants', 'update');
    const changed = { ...row?.metadata, ...given(scene, metadata) };
    return {
      request: {
        method: 'PATCH',
        url: `/assistants/${id}`,
        body: { metadata: scene.cast.resolve(metadata) },
      },
      status: firstOf(statusOf(toUpdate, row), changeable(row), imageStatus(toUpdate, changed)),
      settle(answer) {
        if (!row) return;
        const version = row.versions.length + 1;
        row.versions.push({ version, metadata: changed });
        Object.assign(row, { version, metadata: changed });
        expectAssistant(answer, row);
      },
    };
  },
);

const remove = operation(
  'delete an assistant',
  2,
  { assistant: place, delete_threads: fc.boolean() },
  (scene, { assistant, delete_threads }) => {
    const { model } = scene;
    const { id, row } = model.assistants.at(assistant);
    const [toSearch, toDelete] = [verdict(scene, 'threads', 'search'), verdict(scene, 'threads', 'delete')];
    const threads = delete_threads ? model.threads.found(toSearch, { assistant_id: id }) : [];
    return {
      request: { method: 'DELETE', url: `/assistants/${id}?delete_threads=${delete_threads}` },
      status: firstOf(
        204,
        statusOf(verdict(scene, 'assistants', 'delete'), row),
        changeable(row),
        delete_threads && isRefusal(toSearch) ? 403 : 204,
        threads.length > 0 && isRefusal(toDelete) ? 403 : 204,
      ),
      settle() {
        for (const thread of threads) if (toDelete.reaches(thread.metadata)) model.removeThread(thread.id);
        model.removeAssistant(id);
      },
    };
  },
);

const wanted = { criteria, graph_id: fc.constantFrom(undefined, undefined, GRAPH, 'another') };

const search = operation(
  'search assistants',
  5,
  { ...wanted, listing },
  (scene, { listing, criteria, graph_id }) => {
    const { body, headers } = listingRequest(listing, 'assistant_id');
    const toSearch = verdict(scene, 'assistants', 'search');
    const metadata = scene.cast.resolve(criteria);
    const found = graph_id === 'another' ? [] : scene.model.assistants.found(toSearch, metadata);
    return {
      request: { method: 'POST', url: '/assistants/search', body: { ...body, metadata, graph_id }, headers },
      status: isRefusal(toSearch) ? 403 : 200,
      settle: (answer) => expectListing(answer, found, listing, 'assistant_id'),
    };
  },
);

const count = operation('count assistants', 3, wanted, (scene, { criteria, graph_id }) => {
  const toSearch = verdict(scene, 'assistants', 'search');
  const metadata = scene.cast.resolve(criteria);
  const found = graph_id === 'another' ? [] : scene.model.assistants.found(toSearch, metadata);
  return {
    request: { method: 'POST', url: '/assistants/count', body: { metadata, graph_id } },
    status: isRefusal(toSearch) ? 403 : 200,
    settle: ({ body }) => expectSame('the count', body, found.length),
  };
});

const versions = operation(
  'list the versions of an assistant',
  3,
  { assistant: place, criteria },
  (scene, { assistant, criteria }) => {
    const { id, row } = scene.model.assistants.at(assistant);
    const toRead = verdict(scene, 'assistants', 'read');
    const metadata = scene.cast.resolve(criteria);
    const found = (row?.versions ?? []).filter(
      (version) => toRead.reaches(version.metadata) && contains(version.metadata, metadata),
    );
    return {
      request: { method: 'POST', url: `/assistants/${id}/versions`, body: { metadata, limit: 100 } },
      status: firstOf(statusOf(toRead, row), found.length > 0 ? 200 : 404),
      settle: (answer) =>
        expectSame(
          'the versions',
          listIn(answer).map(({ version, metadata }) => ({ version, metadata })),
          found.toReversed(),
        ),
    };
  },
);

const draw = operation(
  'look at the graph of an assistant',
  1,
  { assistant: place, view: fc.constantFrom('graph', 'subgraphs') },
  (scene, { assistant, view }) => {
    const { id, row } = scene.model.assistants.at(assistant);
    return {
      request: { method: 'GET', url: `/assistants/${id}/${view}` },
      status: statusOf(verdict(scene, 'assistants', 'read'), row),
    };
  },
);

const setLatest = operation(
  'go back to a version of an assistant',
  2,
  { assistant: place, version: fc.integer({ min: 1, max: 4 }) },
  (scene, { assistant, version }) => {
    const { id, row } = scene.model.assistants.at(assistant);
    const toUpdate = verdict(scene, 'assistants', 'update');
    const kept = row?.versions.find((one) => one.version === version && toUpdate.reaches(one.metadata));
    return {
      request: { method: 'POST', url: `/assistants/${id}/latest`, body: { version } },
      status: firstOf(statusOf(toUpdate, row), changeable(row), kept ? 200 : 404),
      settle(answer) {
        if (row && kept) Object.assign(row, kept);
        expectAssistant(answer, row);
      },
    };
  },
);

export const assistantOperations = [create, read, update, remove, search, count, versions, draw, setLatest];

/** What the server provides nobody changes. */
function changeable(row: AssistantRow | undefined): number {
  return row?.id === PROVIDED_ID ? 403 : 200;
}

function expectAssistant(answer: FuzzAnswer, row: AssistantRow | undefined): void {
  const { assistant_id, metadata, version } = objectIn(answer);
  expectSame(
    'the assistant',
    { assistant_id, metadata, version },
    row && {
      assistant_id: row.id,
      metadata: row.metadata,
      version: row.version,
    },
  );
}
