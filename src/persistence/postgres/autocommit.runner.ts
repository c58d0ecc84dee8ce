import type { Pool, PoolClient, QueryResult as Answer } from 'pg';
import { QueryFailedError, QueryResult, TypeORMError, type QueryRunner } from 'typeorm';
import type { Driver } from 'typeorm/driver/Driver.js';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { DatabaseUnreachableError } from '../database-unreachable.error.js';
import { asScopeViolation } from '../row-security/row-violation.js';
import type { SqlGuard } from '../sql.guard.js';

const runners = new WeakMap<Driver, AutocommitRunner>();

/** The statement that waits for a client hears of its error too, and the pool drops the client when it is given back. */
const ignore = (): void => undefined;

/**
 * Executes statements that are transactions of their own, at once too, each on a connection of the driver's pool that is given back
 * afterwards. Callers and loggers get to see what a runner of TypeORM shows them, which would be made for each statement and be thrown
 * away. Subscribers hear nothing of it.
 *
 * @example await AutocommitRunner.of(dataSource.driver)?.query('SELECT "status" FROM "job" WHERE "id" = $1', [id])
 */
export class AutocommitRunner {
  private readonly busy = new Set<PoolClient>();
  private readonly heard = new WeakSet<PoolClient>();
  /** What loggers are told has executed a statement. It never has a connection. */
  private named: QueryRunner | undefined;

  private constructor(
    private readonly driver: PostgresDriver,
    private readonly currentGuard: () => SqlGuard | undefined,
  ) {}

  /** Makes one for a driver of PostgreSQL. With replicas of TypeORM's own there is a choice to make, which is left to it. */
  static guard(driver: Driver, currentGuard: () => SqlGuard | undefined): void {
    if (driver.options.type !== 'postgres' || driver.isReplicated) return;
    const runner = new AutocommitRunner(driver as PostgresDriver, currentGuard);
    runners.set(driver, runner);
    const disconnect = driver.disconnect.bind(driver);
    driver.disconnect = () => {
      runner.abandon();
      return disconnect();
    };
  }

  /** Nothing for a driver that needs none. */
  static of(driver: Driver): AutocommitRunner | undefined {
    return runners.get(driver);
  }

  /**
   * @throws QueryFailedError when PostgreSQL refuses
   * @throws DatabaseUnreachableError when there is no connection
   * @throws ScopeMissingError, UnscopedSqlError what the guard refuses
   */
  async query(sql: string, parameters: unknown[]): Promise<QueryResult> {
    const refusal = this.currentGuard()?.refusalOf(sql);
    if (refusal) throw refusal;
    const client = await this.take();
    const { logger, options } = this.driver.dataSource;
    const runner = this.logged;
    logger.logQuery(sql, parameters, runner);
    const startedAt = Date.now();
    try {
      const answer = await client.query(sql, parameters);
      const { maxQueryExecutionTime: slowMs } = options;
      const tookMs = Date.now() - startedAt;
      if (slowMs && tookMs > slowMs) logger.logQuerySlow(tookMs, sql, parameters, runner);
      return toQueryResult(answer);
    } catch (error) {
      const fault = error as Error;
      logger.logQueryError(fault, sql, parameters, runner);
      throw asScopeViolation(new QueryFailedError(sql, parameters, fault));
    } finally {
      this.giveBack(client);
    }
  }

  private get logged(): QueryRunner {
    return (this.named ??= this.driver.dataSource.createQueryRunner());
  }

  private take(): Promise<PoolClient> {
    return new Promise((resolve, reject) => {
      const pool = this.driver.master as Pool | undefined;
      if (!pool) throw new DatabaseUnreachableError(new TypeORMError('The driver is not connected'));
      pool.connect((fault, client) => {
        if (!client) {
          reject(new DatabaseUnreachableError(fault));
          return;
        }
        this.busy.add(client);
        this.hear(client);
        resolve(client);
      });
    });
  }

  /** A client's errors would end the process if nobody heard them. */
  private hear(client: PoolClient): void {
    if (this.heard.has(client)) return;
    this.heard.add(client);
    client.on('error', ignore);
  }

  private giveBack(client: PoolClient): void {
    if (this.busy.delete(client)) client.release();
  }

  /** Whoever closes the pool does not wait for statements: they fail with their connections. */
  private abandon(): void {
    for (const client of this.busy) this.giveBack(client);
  }
}

/** As TypeORM reads it. */
function toQueryResult({ command, rows, rowCount }: Answer): QueryResult {
  const result = new QueryResult();
  result.records = rows;
  result.affected = rowCount ?? undefined;
  result.raw = command === 'DELETE' || command === 'UPDATE' ? [rows, rowCount] : rows;
  return result;
}
