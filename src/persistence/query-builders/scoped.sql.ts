import type { DataSource, ObjectLiteral } from 'typeorm';
import { SCOPE_MARK } from '../scope.mark.js';
import { Scoping } from '../scoping/scoping.js';
import type { TableScope } from '../scoping/table.scope.js';
import { assertCondition } from '../sql.fragment.js';

const WHERE = ' WHERE ';

/** @throws ScopeMissingError for a scoped table that nothing was decided about */
export function scopeOn(dataSource: DataSource, tablePath: string): TableScope | undefined {
  return Scoping.of(dataSource)?.on(tablePath);
}

/** The same for a statement that binds the scope's values itself, and goes through no builder. */
export function boundScopeOn(dataSource: DataSource, tablePath: string): TableScope | undefined {
  return Scoping.of(dataSource)?.boundOn(tablePath);
}

/** Adds the current scope's parameters to those of a builder. */
export function withScopeParameters(dataSource: DataSource, own: ObjectLiteral): ObjectLiteral {
  Scoping.of(dataSource)?.addParameters(own);
  return own;
}

/** The name of a table that is written to, marked when the statement is scoped. */
export function marked(name: string, scope: TableScope | undefined): string {
  return scope ? name + SCOPE_MARK : name;
}

/**
 * Puts the scope before the caller's own WHERE clause, which stands in parentheses that it cannot leave.
 *
 * @param clause what TypeORM rendered: empty, or ` WHERE ...`
 * @throws UnscopedSqlError when the clause has raw SQL that would end its parentheses
 */
export function withScope(clause: string, scope: TableScope | undefined): string {
  const condition = scope?.form.condition;
  if (condition === undefined) return clause;
  if (clause === '') return WHERE + condition;
  if (!clause.startsWith(WHERE)) throw new TypeError(`not a WHERE clause: ${clause}`);
  const own = clause.slice(WHERE.length);
  assertCondition(own);
  return `${WHERE}${condition} AND (${own})`;
}
