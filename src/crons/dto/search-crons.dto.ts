import { IsOptional, Length } from 'class-validator';
import { assistantIdOf } from '../../graphs/assistant.id.js';
import type { JsonObject } from '../../http/json.js';
import { wantsTotal } from '../../http/page.js';
import { routeInput } from '../../http/route.input.js';
import { IsSearchable } from '../../http/searchable.validation.js';
import {
  IsFlag,
  IsId,
  IsLimit,
  IsListOf,
  IsOffset,
  IsOneOf,
  IsOptionalObject,
} from '../../http/validation.js';
import { HandlerFaultError, isStorable, type RouteIds } from '../../on-auth/index.js';
import { SELECTABLE_CRON_FIELDS, type SelectableCronField } from '../cron.presenter.js';
import type { CronsSearchValue } from '../crons.events.js';

const SORT_FIELDS = [
  'cron_id',
  'assistant_id',
  'thread_id',
  'next_run_date',
  'end_time',
  'created_at',
  'updated_at',
] as const;

/** What selects crons: the body of `POST /runs/crons/count`, and of `POST /runs/crons/search` with order and page. */
export class CountCrons {
  /** A UUID, or the id of a graph, which stands for its system assistant. */
  @IsOptional()
  @Length(1, 512, { message: '$property must be the id of an assistant or of a graph' })
  assistant_id?: string;

  @IsOptional() @IsId() thread_id?: string;
  @IsOptional() @IsFlag() enabled?: boolean;
  @IsOptionalObject() @IsOptional() @IsSearchable() metadata?: JsonObject;
  /** What a handler made of the criteria; a row has to meet these as well as what the client asked for. */
  narrowed: readonly Pick<CronsSearchValue, 'enabled' | 'metadata'>[] = [];

  get assistantId(): string | undefined {
    return this.assistant_id === undefined ? undefined : assistantIdOf(this.assistant_id);
  }
}

export class SearchCrons extends CountCrons {
  @IsLimit() limit = 10;
  @IsOffset() offset = 0;
  @IsOneOf(SORT_FIELDS) sort_by: (typeof SORT_FIELDS)[number] = 'created_at';
  @IsOneOf(['asc', 'desc']) sort_order: 'asc' | 'desc' = 'desc';
  @IsOptional() @IsListOf(SELECTABLE_CRON_FIELDS) select?: SelectableCronField[];
  @IsOptional() prefer?: string;

  get countsAll(): boolean {
    return wantsTotal(this.prefer);
  }
}

const IDS: RouteIds = {
  thread_id: { in: 'body', resource: 'threads', refusal: 'empty' },
  assistant_id: { in: 'body', resource: 'assistants', refusal: 'empty' },
};

/** The contract fires `crons:search` for a count, with no page. */
export const countCrons = routeInput('crons:search', {
  type: CountCrons,
  ids: IDS,
  value: (input) => valueOf(input, { limit: 0, offset: 0 }),
  accept: (_, value) => narrowed(value),
});

export const searchCrons = routeInput('crons:search', {
  type: SearchCrons,
  ids: IDS,
  headers: { prefer: 'prefer' },
  value: (input) => valueOf(input, input),
  accept: (_, value) => ({ ...narrowed(value), limit: value.limit, offset: value.offset }),
});

/** A copy of the metadata, so that what the client asked for still holds when a handler changes it in place. */
function valueOf(
  { assistantId, thread_id, enabled, metadata }: CountCrons,
  { limit, offset }: { limit: number; offset: number },
): CronsSearchValue {
  return {
    ...(assistantId !== undefined && { assistant_id: assistantId }),
    ...(thread_id !== undefined && { thread_id }),
    ...(enabled !== undefined && { enabled }),
    ...(metadata && { metadata: structuredClone(metadata) }),
    limit,
    offset,
  };
}

function narrowed({ enabled, metadata }: CronsSearchValue): Partial<SearchCrons> {
  if (!isDocument(metadata) || !isStorable(metadata))
    throw new HandlerFaultError('the handler of crons:search left metadata that is no JSON object');
  return { narrowed: [{ enabled, metadata }] };
}

function isDocument(document: unknown): boolean {
  return (
    document === undefined || (typeof document === 'object' && document !== null && !Array.isArray(document))
  );
}
