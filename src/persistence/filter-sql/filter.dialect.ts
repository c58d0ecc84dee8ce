import type { JsonScalar } from '../../on-auth/filter/filter.js';

/** Registers a value as a bound parameter and returns the placeholder that stands for it, such as `:scope_1`. */
export type Bind = (value: unknown) => string;

/** One key of one JSON column. */
export interface Target {
  /** Quoted, and qualified where needed: `"thread"."metadata"`. */
  readonly column: string;
  /** Any string that the filter parser takes. Reaches SQL as a bound parameter, or not at all. */
  readonly key: string;
  /** Whether expression indexes serve this key, so that equality has to be spelled as they spell it. */
  readonly indexed: boolean;
  /** The column that holds the key's value as the text of `jsonb`, where there is one. Quoted and qualified as `column`. */
  readonly keyColumn?: string;
}

/**
 * What differs between the databases: the conditions on one key. Each is SQL that is true where the matcher says true,
 * and false or NULL everywhere else; so they may be ANDed and ORed as they are, but never negated by a bare NOT.
 * The list of `isAnyOf` is not empty.
 */
export interface FilterDialect {
  readonly equals: (target: Target, value: JsonScalar, bind: Bind) => string;
  readonly isAnyOf: (target: Target, values: readonly JsonScalar[], bind: Bind) => string;
  readonly exists: (target: Target, bind: Bind) => string;
  readonly contains: (target: Target, values: readonly JsonScalar[], bind: Bind) => string;
}
