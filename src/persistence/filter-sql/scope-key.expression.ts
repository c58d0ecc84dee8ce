/** Both databases read the text on the right of `->` as the name of a key when it is made of these. */
const SIMPLE_KEY = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * The JSON value of a scope key. Expression indexes are built on this text and filters compare it, on both databases:
 * a planner finds the index only if the two are the same expression, and a bound key would make it another one.
 *
 * @param column quoted, and qualified where needed
 * @throws InvalidScopeKeyError for a key that is not a letter or `_` followed by letters, digits and `_`
 * @example scopeKeyExpression('"metadata"', 'owner') // ("metadata" -> 'owner')
 */
export function scopeKeyExpression(column: string, key: string): string {
  if (!SIMPLE_KEY.test(key)) throw new InvalidScopeKeyError(key);
  return `(${column} -> '${key}')`;
}

/**
 * The column that holds the text of a scope key's JSON value, where a table keeps it apart; see row-security/row-policy.ts.
 *
 * @throws InvalidScopeKeyError
 * @example keyColumnName('owner') // "scope_owner"
 */
export function keyColumnName(key: string): string {
  if (!SIMPLE_KEY.test(key)) throw new InvalidScopeKeyError(key);
  return `"scope_${key}"`;
}

/** The key of the metadata that was configured to be indexed cannot be written into SQL. */
export class InvalidScopeKeyError extends Error {
  override readonly name = 'InvalidScopeKeyError';

  constructor(key: string) {
    super(`The scope key ${JSON.stringify(key)} is not a plain name of letters, digits and _`);
  }
}
