import type { Filter } from '../../on-auth/filter/filter.js';
import type { Bind, FilterDialect, Target } from './filter.dialect.js';
import { postgresDialect } from './postgres.dialect.js';
import { sqliteDialect } from './sqlite.dialect.js';

export type { Bind } from './filter.dialect.js';
export { InvalidScopeKeyError, keyColumnName, scopeKeyExpression } from './scope-key.expression.js';

export type Dialect = 'sqlite' | 'postgres';

export interface RenderOptions {
  readonly dialect: Dialect;
  /** The `jsonb` column, quoted, and qualified where needed: `"thread"."metadata"`. Written into the SQL as it is. */
  readonly column: string;
  readonly bind: Bind;
  /** The keys that have expression indexes; see `scopeKeyExpression`. None if left out. */
  readonly scopeKeys?: ReadonlySet<string>;
  /** What a scope key is compared by in place of its expression: a column with the text of its value. PostgreSQL only. */
  readonly keyColumnOf?: (key: string) => string;
}

const dialects: Readonly<Record<Dialect, FilterDialect>> = {
  sqlite: sqliteDialect,
  postgres: postgresDialect,
};
const NOTHING = '1 = 0';
const EVERYTHING = '1 = 1';

/**
 * Renders a filter as a condition that selects exactly the rows that `matches` accepts. It is in parentheses where it
 * needs them, so it may be ANDed with others as it is. To negate it, write `(condition) IS NOT TRUE`: for the other rows
 * it is false or NULL.
 *
 * No text of the filter becomes SQL: keys and values are bound, but for the scope keys, which come from configuration.
 *
 * @throws InvalidScopeKeyError when the filter uses a scope key that cannot be written into SQL
 * @example
 * renderFilter(parseFilter({ owner: 'alice' }), { dialect: 'postgres', column: '"metadata"', bind, scopeKeys: new Set(['owner']) })
 * // ("metadata" -> 'owner') = CAST(:scope_1 AS jsonb)
 */
export function renderFilter(filter: Filter, options: RenderOptions): string {
  const { bind } = options;
  const dialect = dialects[options.dialect];
  switch (filter.kind) {
    case 'everything':
      return EVERYTHING;
    case 'equals':
      return dialect.equals(targetOf(filter.key, options), filter.value, bind);
    case 'in':
      return filter.values.length === 0
        ? NOTHING
        : dialect.isAnyOf(targetOf(filter.key, options), filter.values, bind);
    case 'exists': {
      const exists = dialect.exists(targetOf(filter.key, options), bind);
      return filter.exists ? exists : negated(exists);
    }
    case 'contains':
      return dialect.contains(targetOf(filter.key, options), filter.values, bind);
    case 'all':
      return joined(filter.of, ' AND ', EVERYTHING, options);
    case 'any':
      return joined(filter.of, ' OR ', NOTHING, options);
    case 'not':
      return negated(renderFilter(filter.of, options));
  }
}

function targetOf(key: string, { column, scopeKeys, keyColumnOf }: RenderOptions): Target {
  const indexed = scopeKeys?.has(key) ?? false;
  return { column, key, indexed, keyColumn: indexed ? keyColumnOf?.(key) : undefined };
}

function joined(parts: readonly Filter[], operator: string, ofNone: string, options: RenderOptions): string {
  if (parts.length === 0) return ofNone;
  return `(${parts.map((part) => renderFilter(part, options)).join(operator)})`;
}

/** A missing key makes a condition NULL, and NOT NULL is NULL again: the row would be on neither side. */
function negated(condition: string): string {
  return `(${condition}) IS NOT TRUE`;
}
