import type { DataSource, QueryResult, QueryRunner } from 'typeorm';
import type { ReplicationMode } from 'typeorm/driver/types/ReplicationMode.js';
import type { TableScope } from '../scoping/table.scope.js';
import { Sqlite3Driver } from '../sqlite3/sqlite3.driver.js';
import type { RowStatement } from './row.statement.js';

/** Where a statement is executed. */
export interface RowExecution {
  readonly dataSource: DataSource;
  /** The runner of a transaction. Without one the statement is a transaction of its own. */
  readonly queryRunner?: QueryRunner;
}

const sharedRunners = new WeakMap<Sqlite3Driver, QueryRunner>();

/** Binds a statement and executes it, by a query runner, which all SQL goes through. */
export async function execute(
  { dataSource, queryRunner }: RowExecution,
  mode: ReplicationMode,
  statement: RowStatement,
  values: readonly unknown[],
  scope: TableScope | undefined,
): Promise<QueryResult> {
  const parameters = statement.bind(values, scope);
  const runner = queryRunner ?? sharedRunner(dataSource);
  if (runner) return runner.query(statement.sql, parameters, true);
  const own = dataSource.createQueryRunner(mode);
  try {
    return await own.query(statement.sql, parameters, true);
  } finally {
    await own.release();
  }
}

/**
 * A runner of the SQLite adapter holds nothing but a transaction. For statements outside of transactions one does for all, at once
 * too; on PostgreSQL it holds a connection of the pool.
 */
function sharedRunner(dataSource: DataSource): QueryRunner | undefined {
  const { driver } = dataSource;
  if (!(driver instanceof Sqlite3Driver)) return undefined;
  let runner = sharedRunners.get(driver);
  if (!runner) sharedRunners.set(driver, (runner = dataSource.createQueryRunner()));
  return runner;
}
