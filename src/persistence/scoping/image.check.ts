import type { ObjectLiteral } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { matches } from '../../on-auth/filter/filter.matcher.js';
import { ScopeViolationError } from '../scope-violation.error.js';
import { assertExpression } from '../sql.fragment.js';
import { UnscopedSqlError } from '../unscoped-sql.error.js';
import type { OwnMetadata, ParentLink } from './scoped-table.js';
import { filteredKeys, type TableScope } from './table.scope.js';

type Metadata = Readonly<Record<string, unknown>> | null;

/**
 * What a scoped UPDATE assigns. Metadata that is replaced has to match the filter; what is not assigned stays as it was, and
 * that was visible. A row cannot be moved to another parent: insert it there.
 *
 * @throws ScopeViolationError, UnscopedSqlError
 */
export function checkNewImage(scope: TableScope, values: ObjectLiteral): void {
  checkExpressions(scope, values);
  const { table } = scope;
  if (table.owner.kind === 'metadata') {
    const value = valueOf(table.owner.column, values);
    if (value !== undefined) checkMetadata(scope, table.owner, value, 'changed');
    return;
  }
  for (const { keys, parent } of table.owner.links) {
    if (keys.every(({ own }) => valueOf(own, values) === undefined)) continue;
    throw new ScopeViolationError(
      `A ${table.name} cannot be moved to another ${parent.name}`,
      filteredKeys(scope),
    );
  }
}

/**
 * What a scoped INSERT writes into a table with metadata of its own.
 *
 * @param written database names of the columns that the statement writes
 * @throws ScopeViolationError, UnscopedSqlError
 */
export function checkNewRow(scope: TableScope, values: ObjectLiteral, written: ReadonlySet<string>): void {
  checkExpressions(scope, values);
  const { owner } = scope.table;
  if (owner.kind !== 'metadata') return;
  const value = written.has(owner.column.databaseName) ? valueOf(owner.column, values) : undefined;
  checkMetadata(scope, owner, value, 'new');
}

/**
 * The ids of the parent that a new row names, in the order of the link's keys.
 * @throws ScopeViolationError when it names none, UnscopedSqlError when it is raw SQL
 */
export function parentIdsOf(scope: TableScope, link: ParentLink, values: ObjectLiteral): readonly unknown[] {
  return link.keys.map(({ own }) => {
    const id = valueOf(own, values);
    if (id !== undefined && id !== null) return id;
    throw new ScopeViolationError(
      `The new ${scope.table.name} belongs to no ${link.parent.name}`,
      filteredKeys(scope),
    );
  });
}

/** @throws UnscopedSqlError for raw SQL, whose value nobody knows beforehand */
function valueOf(column: ColumnMetadata, values: ObjectLiteral): unknown {
  const value: unknown = column.getEntityValue(values);
  if (!isRawSql(value)) return value;
  const { name } = column.entityMetadata;
  throw new UnscopedSqlError(
    `Raw SQL for ${name}.${column.propertyPath} cannot be checked against the scope: give a value`,
  );
}

function checkMetadata(
  scope: TableScope,
  { column }: OwnMetadata,
  value: unknown,
  row: 'new' | 'changed',
): void {
  const [decision] = scope.decisions;
  const fits =
    value !== undefined && decision?.kind === 'restrict' && matches(decision.filter, storedForm(value));
  if (fits) return;
  const { name } = column.entityMetadata;
  throw new ScopeViolationError(
    `The ${row} ${name} does not match the filter of the handler`,
    filteredKeys(scope),
  );
}

/** What the database will hold: JSON.stringify has the last word, by `toJSON` for one. What is no object has no keys to match. */
function storedForm(value: unknown): Metadata {
  return JSON.parse(JSON.stringify(value) ?? 'null') as Metadata;
}

function checkExpressions({ table }: TableScope, values: ObjectLiteral): void {
  for (const column of table.metadata.columns) {
    const value: unknown = column.getEntityValue(values);
    if (isRawSql(value)) assertExpression(value());
  }
}

/** How TypeORM takes SQL in the place of a value. */
function isRawSql(value: unknown): value is () => string {
  return typeof value === 'function';
}
