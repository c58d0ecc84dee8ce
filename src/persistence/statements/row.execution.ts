import type { DataSource, QueryResult, QueryRunner } from 'typeorm';
import type { ReplicationMode } from 'typeorm/driver/types/ReplicationMode.js';
import type { TableScope } from '../scoping/table.scope.js';
import { AutocommitRunner } from '../postgres/autocommit.runner.js';
import { Sqlite3Driver } from '../sqlite3/sqlite3.driver.js';
import type { RowStatement } from './row.statement.js';

/** Where a statement is executed. */
export interface RowExecution {
  readonly dataSource: DataSource;
  /** The runner of a transaction. Without one the statement is a transaction of its own. */
  readonly queryRunner?: QueryRunner;
}

const sharedRunners = new WeakMap<Sqlite3Driver, QueryRunner>();

/** Binds a statement and executes it, behind the guard that all SQL passes. */
export function execute(
  { dataSource, queryRunner }: RowExecution,
  mode: ReplicationMode,
  statement: RowStatement,
  values: readonly unknown[],
  scope: TableScope | undefined,
): Promise<QueryResult> {
  return executeSql({ dataSource, queryRunner }, mode, statement.sql, statement.bind(values, scope));
}

/** Executes SQL as it is, behind the same guard. */
export function executeSql(
  { dataSource, queryRunner }: RowExecution,
  mode: ReplicationMode,
  sql: string,
  parameters: unknown[],
): Promise<QueryResult> {
  const runner = queryRunner ?? sharedRunner(dataSource);
  if (runner) return runner.query(sql, parameters, true);
  const autocommit = dataSource.subscribers.length === 0 && AutocommitRunner.of(dataSource.driver);
  if (autocommit) return autocommit.query(sql, parameters);
  return executeOnOwn(dataSource.createQueryRunner(mode), sql, parameters);
}

async function executeOnOwn(runner: QueryRunner, sql: string, parameters: unknown[]): Promise<QueryResult> {
  try {
    return await runner.query(sql, parameters, true);
  } finally {
    await runner.release();
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
