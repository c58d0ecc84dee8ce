import type { ObjectLiteral, QueryRunner } from 'typeorm';
import { ScopeViolationError } from '../scope-violation.error.js';
import { filteredKeys, type TableScope } from './table.scope.js';
import { areAllVisible } from './visible.rows.js';

/**
 * After an upsert: that each row which it inserted or met is visible. One that is not was left as it is, by the condition of
 * the statement; without this check the caller would take it for written.
 *
 * @param conflict database names of the columns that decide whether a row exists
 * @throws ScopeViolationError; the transaction is to be rolled back
 */
export async function checkUpsertedRows(
  scope: TableScope,
  rows: readonly ObjectLiteral[],
  conflict: readonly string[],
  runner: QueryRunner,
): Promise<void> {
  const { table } = scope;
  const columns = table.metadata.columns.filter(({ databaseName }) => conflict.includes(databaseName));
  const keys = rows.map((row) => columns.map((column): unknown => column.getEntityValue(row)));
  const complete = keys.filter((key) => key.every((value) => value !== undefined && value !== null));
  if (await areAllVisible(runner, table, columns, complete)) return;
  throw new ScopeViolationError(`An upsert met a ${table.name} that is not visible`, filteredKeys(scope));
}
