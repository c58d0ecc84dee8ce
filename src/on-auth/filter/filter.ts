export type JsonScalar = string | number | boolean | null;

/**
 * What a handler may return: keys of the row's metadata, ANDed. Not nested beyond 8 levels, 1 to 100 members a list.
 *
 * @example { owner: 'alice' }
 * @example { $or: [{ owner: 'alice' }, { shared_with: { $contains: 'alice' } }] }
 */
export type FilterInput = FieldFilter | { readonly $not: FilterInput };

/**
 * Conditions on keys; the lists are those of `$and` and `$or`. `undefined` is here only because the compiler adds it to the members of
 * a list of different objects; as a value it is refused.
 */
// eslint-disable-next-line @typescript-eslint/consistent-indexed-object-style -- a Record cannot refer to itself
export interface FieldFilter {
  readonly [key: string]: FilterCondition | readonly FilterInput[] | undefined;
}

export type FilterCondition =
  | JsonScalar
  | { readonly $eq: JsonScalar }
  | { readonly $ne: JsonScalar }
  | { readonly $in: readonly JsonScalar[] }
  | { readonly $exists: boolean }
  | { readonly $contains: JsonScalar | readonly JsonScalar[] };

/**
 * A filter, parsed. Closed: every interpreter (matcher, SQLite, PostgreSQL) switches over `kind` exhaustively.
 * - `equals`: the key is present and its JSON value is this one, type included (1, "1" and true differ).
 * - `in`: as `equals`, for one of the values.
 * - `exists`: the key is present, `null` included; or absent.
 * - `contains`: the value is an array that has all of `values` among its elements.
 * - `not`: what does not match; so a missing key matches `$ne`.
 */
export type Filter =
  | { readonly kind: 'everything' }
  | { readonly kind: 'equals'; readonly key: string; readonly value: JsonScalar }
  | { readonly kind: 'in'; readonly key: string; readonly values: readonly JsonScalar[] }
  | { readonly kind: 'exists'; readonly key: string; readonly exists: boolean }
  | { readonly kind: 'contains'; readonly key: string; readonly values: readonly JsonScalar[] }
  | { readonly kind: 'all'; readonly of: readonly Filter[] }
  | { readonly kind: 'any'; readonly of: readonly Filter[] }
  | { readonly kind: 'not'; readonly of: Filter };

/** The keys of the metadata that a filter looks at, each once. */
export function keysOf(filter: Filter): readonly string[] {
  return [...new Set(collectKeys(filter))];
}

function collectKeys(filter: Filter): readonly string[] {
  switch (filter.kind) {
    case 'everything':
      return [];
    case 'equals':
    case 'in':
    case 'exists':
    case 'contains':
      return [filter.key];
    case 'all':
    case 'any':
      return filter.of.flatMap(collectKeys);
    case 'not':
      return collectKeys(filter.of);
  }
}
