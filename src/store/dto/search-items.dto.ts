import { IsOptional, IsString } from 'class-validator';
import type { JsonObject } from '../../http/json.js';
import { routeInput } from '../../http/route.input.js';
import { IsSearchable } from '../../http/searchable.validation.js';
import { IsFlag, IsLimit, IsOffset, IsOptionalObject } from '../../http/validation.js';
import { checkLeft } from '../left.value.js';
import type { StoreSearchValue } from '../store.events.js';
import { IsNamespace, IsStoreFilter } from './store.validation.js';

/** The body of `POST /store/items/search`. */
export class SearchItems {
  @IsNamespace() namespace_prefix!: string[];
  @IsOptionalObject() @IsOptional() @IsStoreFilter() @IsSearchable() filter?: JsonObject;
  @IsOptional() @IsString({ message: '$property must be text' }) query?: string;
  @IsLimit() limit = 10;
  @IsOffset() offset = 0;
  @IsOptional() @IsFlag() refresh_ttl?: boolean;
  /** What the handler made of the search. What the client's filter says holds as well. */
  granted!: StoreSearchValue;
}

export const searchItems = routeInput('store:search', {
  type: SearchItems,
  ids: { namespace_prefix: { in: 'body', refusal: 'empty', rewritable: true } },
  value: ({ namespace_prefix, filter, query, limit, offset }) => ({
    namespace: [...namespace_prefix],
    ...(filter && { filter: structuredClone(filter) }),
    ...(query !== undefined && { query }),
    limit,
    offset,
  }),
  accept: (_, value) => ({ granted: checkLeft('store:search', value) }),
});
