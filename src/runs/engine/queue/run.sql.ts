import type { DataSource, EntityManager } from 'typeorm';
import { executeSql } from '../../../persistence/statements/row.execution.js';

/** The two databases differ in very few places of the engine's own SQL. */
export function isPostgres({ options }: DataSource): boolean {
  return options.type === 'postgres';
}

/**
 * Runs a statement of the engine's own, in the transaction of the manager if it has one, and gives its rows. Parameters are `$1`,
 * `$2` and so on, which both databases know; on SQLite they have to appear in this order.
 */
export async function rowsOf<Row>(
  { queryRunner, dataSource }: EntityManager,
  sql: string,
  parameters: readonly unknown[],
): Promise<Row[]> {
  const { records } = await executeSql({ dataSource, queryRunner }, 'master', sql, [...parameters]);
  return records as Row[];
}
