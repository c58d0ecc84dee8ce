import { IsOptional, IsString, MaxLength } from 'class-validator';
import type { JsonObject } from '../../http/json.js';
import { wantsTotal } from '../../http/page.js';
import { routeInput } from '../../http/route.input.js';
import { IsSearchable } from '../../http/searchable.validation.js';
import { IsLimit, IsOffset, IsListOf, IsOneOf, IsOptionalObject } from '../../http/validation.js';
import { ASSISTANT_FIELDS, type AssistantField } from '../assistant.presenter.js';
import type { AssistantsSearchValue } from '../assistants.events.js';

const SORT_FIELDS = ['assistant_id', 'created_at', 'updated_at', 'name', 'graph_id'] as const;

/** What selects assistants: the body of `POST /assistants/count`, and of `POST /assistants/search` with order and page. */
export class CountAssistants {
  @IsOptionalObject() @IsOptional() @IsSearchable() metadata?: JsonObject;
  @IsOptional() @IsString() graph_id?: string;
  /** Any part of the name, in upper or lower case. */
  @IsOptional() @IsString() @MaxLength(1000) name?: string;
  /** What a handler made of the criteria; a row has to meet these as well as what the client asked for. */
  narrowed: readonly { readonly graph_id?: string; readonly metadata?: JsonObject }[] = [];
}

export class SearchAssistants extends CountAssistants {
  @IsLimit() limit = 10;
  @IsOffset() offset = 0;
  @IsOneOf(SORT_FIELDS) sort_by: (typeof SORT_FIELDS)[number] = 'created_at';
  @IsOneOf(['asc', 'desc']) sort_order: 'asc' | 'desc' = 'desc';
  @IsOptional() @IsListOf(ASSISTANT_FIELDS) select?: AssistantField[];
  @IsOptional() prefer?: string;

  get countsAll(): boolean {
    return wantsTotal(this.prefer);
  }
}

/** The contract fires `assistants:search` for a count, with no page. */
export const countAssistants = routeInput('assistants:search', {
  type: CountAssistants,
  ids: { graph_id: { in: 'body', resource: 'none', refusal: 'empty' } },
  value: (input) => valueOf(input, { limit: 0, offset: 0 }),
  accept: (_, value) => narrowed(value),
});

export const searchAssistants = routeInput('assistants:search', {
  type: SearchAssistants,
  ids: { graph_id: { in: 'body', resource: 'none', refusal: 'empty' } },
  headers: { prefer: 'prefer' },
  value: (input) => valueOf(input, input),
  accept: (_, value) => ({ ...narrowed(value), limit: value.limit, offset: value.offset }),
});

/** A copy of the metadata, so that what the client asked for still holds when a handler changes it in place. */
function valueOf(
  { metadata, graph_id }: CountAssistants,
  { limit, offset }: { limit: number; offset: number },
): AssistantsSearchValue {
  return {
    ...(graph_id !== undefined && { graph_id }),
    ...(metadata && { metadata: structuredClone(metadata) }),
    limit,
    offset,
  };
}

function narrowed({ graph_id, metadata }: AssistantsSearchValue): Partial<SearchAssistants> {
  return { narrowed: [{ graph_id, metadata }] };
}
