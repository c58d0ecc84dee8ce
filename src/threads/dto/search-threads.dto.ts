import { IsOptional } from 'class-validator';
import { copyOfJson, isSameJson, type JsonObject } from '../../http/json.js';
import { wantsTotal } from '../../http/page.js';
import { routeInput } from '../../http/route.input.js';
import { IsIdList, IsLimit, IsOffset, IsListOf, IsOneOf, IsOptionalObject } from '../../http/validation.js';
import { IsSearchable } from '../../http/searchable.validation.js';
import { HandlerFaultError, isStorable } from '../../on-auth/index.js';
import { THREAD_STATUSES, type ThreadStatus } from '../thread.entity.js';
import { THREAD_FIELDS, type ThreadField } from '../thread.presenter.js';
import type { ThreadsSearchValue } from '../threads.events.js';
import { IsExtract, type ThreadExtract } from '../thread.extract.js';

export const THREAD_SORT_FIELDS = [
  'thread_id',
  'status',
  'created_at',
  'updated_at',
  'state_updated_at',
] as const;
export type ThreadSortField = (typeof THREAD_SORT_FIELDS)[number];

const CRITERIA = ['metadata', 'values', 'status', 'ids'] as const;

/** What a thread has to match. */
export type ThreadCriteria = Pick<ThreadsSearchValue, (typeof CRITERIA)[number]>;

/** What selects threads: the body of `POST /threads/count`, and of `POST /threads/search` together with order and page. */
export class CountThreads {
  @IsOptionalObject() @IsOptional() @IsSearchable() metadata?: JsonObject;
  @IsOptionalObject() @IsOptional() @IsSearchable() values?: JsonObject;
  @IsOptional() @IsOneOf(THREAD_STATUSES) status?: ThreadStatus;
  @IsOptional() @IsIdList() ids?: string[];
  /** What a handler made of the criteria: a row has to match these as well as what the client asked for. */
  narrowed: readonly ThreadCriteria[] = [];
}

export class SearchThreads extends CountThreads {
  @IsLimit() limit = 10;
  @IsOffset() offset = 0;
  @IsOneOf(THREAD_SORT_FIELDS) sort_by: ThreadSortField = 'created_at';
  @IsOneOf(['asc', 'desc']) sort_order: 'asc' | 'desc' = 'desc';
  @IsOptional() @IsListOf(THREAD_FIELDS) select?: ThreadField[];
  @IsOptional() @IsExtract() extract?: ThreadExtract;
  @IsOptional() prefer?: string;

  get countsAll(): boolean {
    return wantsTotal(this.prefer);
  }
}

/** The contract fires `threads:search` for a count, with no page. */
export const countThreads = routeInput('threads:search', {
  type: CountThreads,
  ids: { ids: { in: 'body', refusal: 'empty' } },
  value: (input) => valueOf(input, { limit: 0, offset: 0 }),
  accept: narrowed,
});

export const searchThreads = routeInput('threads:search', {
  type: SearchThreads,
  ids: { ids: { in: 'body', refusal: 'empty' } },
  headers: { prefer: 'prefer' },
  value: (input) => valueOf(input, input),
  accept: (input, value) => ({
    ...narrowed(input, value),
    ...(value.limit !== input.limit && { limit: value.limit }),
    ...(value.offset !== input.offset && { offset: value.offset }),
  }),
});

/** Copies of the documents, so that what the client asked for still holds when a handler changes them in place. */
function valueOf(
  input: CountThreads,
  { limit, offset }: { limit: number; offset: number },
): ThreadsSearchValue {
  const { metadata, values, status, ids } = input;
  return {
    ...(metadata && { metadata: copyOfJson(metadata) }),
    ...(values && { values: copyOfJson(values) }),
    ...(status && { status }),
    ...(ids && { ids: [...ids] }),
    limit,
    offset,
  };
}

/** What the client asked for stays; where the handler made something else of it, that is asked for as well. */
function narrowed(asked: CountThreads, value: ThreadsSearchValue): Partial<SearchThreads> {
  const { metadata, values, status, ids } = value;
  if (CRITERIA.every((criterion) => isSameJson(asked[criterion], value[criterion]))) return {};
  if (![metadata, values].every(isDocument) || !isStorable([metadata, values]))
    throw new HandlerFaultError('the handler of threads:search left criteria that are no JSON objects');
  return { narrowed: [{ metadata, values, status, ids }] };
}

function isDocument(document: unknown): boolean {
  return (
    document === undefined || (typeof document === 'object' && document !== null && !Array.isArray(document))
  );
}
