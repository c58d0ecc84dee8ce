import { QueryResult, QueryRunnerAlreadyReleasedError, type ObjectLiteral } from 'typeorm';
import { AbstractSqliteQueryRunner } from 'typeorm/driver/sqlite-abstract/AbstractSqliteQueryRunner.js';
import type { IsolationLevel } from 'typeorm/driver/types/IsolationLevel.js';
import { NamedPlaceholdersNotSupportedError } from 'typeorm/error/NamedPlaceholdersNotSupportedError.js';
import { Broadcaster } from 'typeorm/subscriber/Broadcaster.js';
import { bindStatement, type BoundStatement } from './bound.statement.js';
import { QueryObserver } from './query.observer.js';
import type { SqlKind } from './sql.classifier.js';
import type { StatementResult } from './sqlite3.connection.js';
import type { Sqlite3Driver } from './sqlite3.driver.js';
import { TransactionEndedError } from './sqlite3.errors.js';
import type { Sqlite3Transaction } from './sqlite3.transaction.js';

const NO_RESULT: StatementResult = { rows: [], changes: 0, lastId: 0 };

/** One caller's way to the database: its statements go to a reader or the writer, or to the transaction it has opened. */
export class Sqlite3QueryRunner extends AbstractSqliteQueryRunner {
  declare driver: Sqlite3Driver;
  private readonly observer: QueryObserver;
  private transaction: Sqlite3Transaction | undefined;
  private foreignKeysOff = false;

  constructor(driver: Sqlite3Driver) {
    super();
    this.driver = driver;
    this.dataSource = driver.dataSource;
    this.broadcaster = new Broadcaster(this);
    this.observer = new QueryObserver(this, this.broadcaster);
  }

  override async beforeMigration(): Promise<void> {
    this.foreignKeysOff = true;
    await this.query('PRAGMA foreign_keys = OFF');
  }

  override async afterMigration(): Promise<void> {
    await this.query('PRAGMA foreign_keys = ON');
    this.foreignKeysOff = false;
  }

  /** TypeORM believes in the transaction before BEGIN has succeeded; when it has not, there is nothing to roll back. */
  override async startTransaction(isolationLevel?: IsolationLevel): Promise<void> {
    try {
      await super.startTransaction(isolationLevel);
    } catch (error) {
      if (!this.transaction) this.isTransactionActive = false;
      throw error;
    }
  }

  /** Rolls back a transaction that is still open, so that an abandoned runner never keeps the write lock. */
  override async release(): Promise<void> {
    if (this.isReleased) return;
    try {
      if (this.transaction) await this.transaction.abandon();
      this.transaction = undefined;
      // A failed migration skips `afterMigration`, and the writer is everybody's.
      if (this.foreignKeysOff) await this.afterMigration();
    } finally {
      this.isReleased = true;
      this.isTransactionActive = false;
      await super.release();
    }
  }

  override query(
    sql: string,
    parameters: unknown[] | ObjectLiteral | undefined,
    structured: true,
  ): Promise<QueryResult>;
  override query(sql: string, parameters?: unknown[] | ObjectLiteral): Promise<unknown>;
  /**
   * @throws QueryFailedError with a `Sqlite3Error` when SQLite refuses; the errors of sqlite3.errors.ts as they are
   */
  override async query(
    sql: string,
    parameters: unknown[] | ObjectLiteral = [],
    structured = false,
  ): Promise<unknown> {
    if (this.isReleased) throw new QueryRunnerAlreadyReleasedError();
    if (!Array.isArray(parameters)) throw new NamedPlaceholdersNotSupportedError();
    const statement = bindStatement(sql, parameters);
    const observed = { sql, parameters };
    const begun = this.observer.begins(observed);
    if (begun) await begun;
    const startedAt = Date.now();
    let result: QueryResult;
    try {
      result = toQueryResult(statement.kind, await this.execute(statement));
    } catch (error) {
      throw await this.observer.failed(observed, error);
    }
    const told = this.observer.succeeded(observed, Date.now() - startedAt, result);
    if (told) await told;
    return structured ? result : result.raw;
  }

  private execute(statement: BoundStatement): Promise<StatementResult> {
    if (this.transaction) return this.executeInTransaction(this.transaction, statement);
    switch (statement.kind) {
      case 'begin':
        return this.begin();
      case 'commit':
      case 'rollback':
      case 'savepoint':
        return Promise.reject(new TransactionEndedError(statement.sql));
      default:
        return this.driver.pool.execute(statement);
    }
  }

  private async begin(): Promise<StatementResult> {
    const transaction = await this.driver.pool.begin();
    if (this.isReleased) {
      await transaction.abandon();
      throw new QueryRunnerAlreadyReleasedError();
    }
    this.transaction = transaction;
    return NO_RESULT;
  }

  private async executeInTransaction(
    transaction: Sqlite3Transaction,
    statement: BoundStatement,
  ): Promise<StatementResult> {
    const result = await transaction.execute(statement);
    // The lock is free by now, so that a subscriber of "after commit" may write through any other runner.
    if (transaction.isOver && this.transaction === transaction) this.transaction = undefined;
    return result;
  }
}

/** TypeORM reads the rowid of an insert from `raw`, and counts from `affected`. */
function toQueryResult(kind: SqlKind, { rows, changes, lastId }: StatementResult): QueryResult {
  const result = new QueryResult();
  if (kind === 'write') {
    result.raw = lastId;
    result.affected = changes;
    return result;
  }
  result.raw = rows;
  result.records = rows;
  if (kind === 'returning') result.affected = rows.length;
  return result;
}
