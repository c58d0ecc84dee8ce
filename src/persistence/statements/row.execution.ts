import type { DataSource, QueryResult, QueryRunner } from 'typeorm';
import type { ReplicationMode } from 'typeorm/driver/types/ReplicationMode.js';
import type { TableScope } from '../scoping/table.scope.js';
import type { RowStatement } from './row.statement.js';

/** Where a statement is executed. */
export interface RowExecution {
  readonly dataSource: DataSource;
  /** The runner of a transaction. One is made for the statement where there is none. */
  readonly queryRunner?: QueryRunner;
}

/** Binds a statement and executes it, by the query runner that all SQL goes through. */
export async function execute(
  { dataSource, queryRunner }: RowExecution,
  mode: ReplicationMode,
  statement: RowStatement,
  values: readonly unknown[],
  scope: TableScope | undefined,
): Promise<QueryResult> {
  const parameters = statement.bind(values, scope);
  if (queryRunner) return queryRunner.query(statement.sql, parameters, true);
  const own = dataSource.createQueryRunner(mode);
  try {
    return await own.query(statement.sql, parameters, true);
  } finally {
    await own.release();
  }
}
