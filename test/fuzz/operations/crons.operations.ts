import fc from 'fast-check';
import { expectListing, listing, listingRequest } from '../support/listing.js';
import type { CronRow } from '../support/model.js';
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
} from '../support/operation.js';
import { isRefusal, stamped, type Metadata } from '../support/rules.js';
import { assistantFor } from './runs.operations.js';

/** None of them fires while a fuzz runs. */
const schedule = '0 0 29 2 *';

const create = operation(
  'create a cron',
  4,
  { thread: fc.option(place, { nil: undefined, freq: 1 }), assistant: maybePlace, metadata },
  (scene, { thread, assistant, metadata }) => {
    const { model, actor } = scene;
    const named = thread === undefined ? undefined : model.threads.at(thread);
    const using = assistantFor(scene, assistant);
    const toCreate = verdict(scene, 'crons', 'create');
    const created = stamped(actor, given(scene, metadata));
    return {
      request: {
        method: 'POST',
        url: named ? `/threads/${named.id}/runs/crons` : '/runs/crons',
        body: { ...using.body, schedule, metadata: scene.cast.resolve(metadata) },
      },
      status: firstOf(
        isRefusal(toCreate) ? 403 : 200,
        named ? statusOf(verdict(scene, 'threads', 'read'), named.row) : 200,
        using.status,
        imageStatus(toCreate, created),
      ),
      settle(answer) {
        const cron = model.crons.add({
          id: textIn(answer, 'cron_id'),
          created_at: textIn(answer, 'created_at'),
          metadata: created,
          thread_id: named?.id ?? null,
          assistant_id: using.row?.id ?? '',
          enabled: true,
        });
        expectCron(answer, cron);
      },
    };
  },
);

const read = operation('read a cron', 3, { cron: place }, (scene, { cron }) => {
  const { id, row } = scene.model.crons.at(cron);
  return {
    request: { method: 'GET', url: `/runs/crons/${id}` },
    status: statusOf(verdict(scene, 'crons', 'read'), row),
    settle: (answer) => expectCron(answer, row),
  };
});

const update = operation(
  'change a cron',
  3,
  { cron: place, assistant: maybePlace, enabled: fc.boolean(), metadata },
  (scene, { cron, assistant, enabled, metadata }) => {
    const { id, row } = scene.model.crons.at(cron);
    const toUpdate = verdict(scene, 'crons', 'update');
    const using = assistant === undefined ? undefined : assistantFor(scene, assistant);
    const changed = { ...row?.metadata, ...given(scene, metadata) };
    return {
      request: {
        method: 'PATCH',
        url: `/runs/crons/${id}`,
        body: { ...using?.body, enabled, metadata: scene.cast.resolve(metadata) },
      },
      status: firstOf(
        isRefusal(toUpdate) ? 403 : 200,
        using?.status ?? 200,
        statusOf(toUpdate, row),
        imageStatus(toUpdate, changed),
      ),
      settle(answer) {
        if (!row) return;
        Object.assign(row, { metadata: changed, enabled, ...(using?.row && { assistant_id: using.row.id }) });
        expectCron(answer, row);
      },
    };
  },
);

const remove = operation('delete a cron', 1, { cron: place }, (scene, { cron }) => {
  const { id, row } = scene.model.crons.at(cron);
  return {
    request: { method: 'DELETE', url: `/runs/crons/${id}` },
    status: firstOf(204, statusOf(verdict(scene, 'crons', 'delete'), row)),
    settle: () => scene.model.crons.remove(id),
  };
});

interface Wanted {
  readonly criteria: Metadata;
  readonly thread: number | undefined;
  readonly assistant: number | undefined;
  readonly enabled: boolean | undefined;
}

const wanted = {
  criteria,
  thread: maybePlace,
  assistant: maybePlace,
  enabled: fc.constantFrom(undefined, undefined, true, false),
};

const search = operation('search crons', 4, { ...wanted, listing }, (scene, { listing, ...wanted }) => {
  const { body, headers } = listingRequest(listing, 'cron_id');
  const { criteria, found } = look(scene, wanted);
  return {
    request: { method: 'POST', url: '/runs/crons/search', body: { ...body, ...criteria }, headers },
    status: isRefusal(verdict(scene, 'crons', 'search')) ? 403 : 200,
    settle: (answer) => expectListing(answer, found, listing, 'cron_id'),
  };
});

const count = operation('count crons', 3, wanted, (scene, wanted) => {
  const { criteria, found } = look(scene, wanted);
  return {
    request: { method: 'POST', url: '/runs/crons/count', body: criteria },
    status: isRefusal(verdict(scene, 'crons', 'search')) ? 403 : 200,
    settle: ({ body }) => expectSame('the count', body, found.length),
  };
});

export const cronOperations = [create, read, update, remove, search, count];

function look({ model, cast, actor }: Scene, { criteria, thread, assistant, enabled }: Wanted) {
  const metadata = cast.resolve(criteria);
  const thread_id = thread === undefined ? undefined : model.threads.at(thread).id;
  const assistant_id = assistant === undefined ? undefined : model.assistants.at(assistant).id;
  const found = model
    .cronsFound(actor, metadata)
    .filter((cron) => thread_id === undefined || cron.thread_id === thread_id)
    .filter((cron) => assistant_id === undefined || cron.assistant_id === assistant_id)
    .filter((cron) => enabled === undefined || cron.enabled === enabled);
  return { criteria: { metadata, thread_id, assistant_id, enabled }, found };
}

function expectCron(answer: FuzzAnswer, row: CronRow | undefined): void {
  const { cron_id, thread_id, assistant_id, enabled, metadata } = objectIn(answer);
  expectSame(
    'the cron',
    { cron_id, thread_id, assistant_id, enabled, metadata },
    row && {
      cron_id: row.id,
      thread_id: row.thread_id,
      assistant_id: row.assistant_id,
      enabled: row.enabled,
      metadata: row.metadata,
    },
  );
}
