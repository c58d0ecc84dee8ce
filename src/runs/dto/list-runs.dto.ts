import { IsOptional } from 'class-validator';
import type { JsonObject } from '../../http/json.js';
import { integer, list, notSent, text } from '../../http/query.parsers.js';
import { routeInput } from '../../http/route.input.js';
import { IsSearchable } from '../../http/searchable.validation.js';
import { IsId, IsLimit, IsOffset, IsListOf, IsOneOf, IsOptionalObject } from '../../http/validation.js';
import type { ThreadsSearchValue } from '../../threads/threads.events.js';
import { RUN_STATUSES, type RunStatus } from '../run.entity.js';
import { RUN_FIELDS, type RunField } from '../run.presenter.js';

/** The query of `GET /threads/{thread_id}/runs`. */
export class ListRuns {
  @IsId() thread_id!: string;
  @IsLimit() limit = 10;
  @IsOffset() offset = 0;
  @IsOptional() @IsOneOf(RUN_STATUSES) status?: RunStatus;
  @IsOptional() @IsListOf(RUN_FIELDS) select?: RunField[];
  /** What a handler asks of the runs' metadata; not a parameter of the route. */
  @IsOptionalObject() @IsOptional() @IsSearchable() metadata?: JsonObject;
}

export const listRuns = routeInput('threads:search', {
  type: ListRuns,
  ids: { thread_id: 'path' },
  query: { limit: integer, offset: integer, status: text, select: list, metadata: notSent },
  value: valueOf,
  honours: ['limit', 'offset', 'metadata'],
});

/** The status is a run's here, where a search of threads has a thread's. */
function valueOf({ thread_id, limit, offset, status }: ListRuns): ThreadsSearchValue {
  return { thread_id, limit, offset, ...(status && { status }) } as ThreadsSearchValue;
}
