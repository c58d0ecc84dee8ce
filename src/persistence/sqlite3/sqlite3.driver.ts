import { TypeORMError, type DataSource, type ObjectLiteral, type QueryRunner } from 'typeorm';
import { AbstractSqliteDriver } from 'typeorm/driver/sqlite-abstract/AbstractSqliteDriver.js';
import { DateUtils } from 'typeorm/util/DateUtils.js';
import type { ConnectionPool } from './connection.pool.js';
import { DatabaseClosedError } from './sqlite3.errors.js';
import { resolveSqlite3Options, type Sqlite3Options } from './sqlite3.options.js';
import { Sqlite3QueryRunner } from './sqlite3.query-runner.js';

const NAMED_PARAMETER = /:(\.\.\.)?([A-Za-z0-9_.]+)/g;

/**
 * TypeORM's SQLite dialect over the `sqlite3` package: WAL, one writer behind a FIFO lock, a few readers, a query runner for
 * each caller, all work off the main thread.
 *
 * TypeORM has no type for this package. The data source says `better-sqlite3`, hands over `SQLITE3_BINDING` so that TypeORM does
 * not look for that package, and then puts this driver in the place of TypeORM's own.
 *
 * @example
 * class SqliteDataSource extends DataSource {
 *   constructor(database: string) {
 *     super({ type: 'better-sqlite3', database, driver: SQLITE3_BINDING });
 *     this.driver = new Sqlite3Driver(this, { synchronous: 'FULL' });
 *   }
 * }
 */
export class Sqlite3Driver extends AbstractSqliteDriver {
  private readonly settings: Sqlite3Options;
  private connections: ConnectionPool | undefined;

  /** @throws RangeError for impossible options */
  constructor(dataSource: DataSource, options: Partial<Sqlite3Options> = {}) {
    super(dataSource);
    this.settings = resolveSqlite3Options(options);
  }

  /** @throws DatabaseClosedError while the data source is not initialized */
  get pool(): ConnectionPool {
    if (!this.connections) throw new DatabaseClosedError();
    return this.connections;
  }

  /** A runner of its own for every caller: TypeORM's SQLite drivers share one, and with it one open transaction. */
  override createQueryRunner(): QueryRunner {
    return new Sqlite3QueryRunner(this);
  }

  override async disconnect(): Promise<void> {
    const connections = this.connections;
    await connections?.close();
    if (this.connections === connections) this.connections = undefined;
  }

  /**
   * Binds numbers, where TypeORM writes them into the text: a text that changes with every timestamp would be prepared anew each
   * time and push the others out of the statement cache.
   */
  override escapeQueryWithParameters(
    sql: string,
    parameters: ObjectLiteral | undefined,
  ): [string, unknown[]] {
    const bound: unknown[] = [];
    if (!parameters) return [sql, bound];
    const bind = (value: unknown): string => {
      bound.push(value instanceof Date ? DateUtils.mixedDateToUtcDatetimeString(value) : value);
      return '?';
    };
    const escaped = sql.replace(NAMED_PARAMETER, (text: string, spread: string | undefined, name: string) => {
      if (!Object.hasOwn(parameters, name)) return text;
      const value: unknown = parameters[name];
      if (spread && Array.isArray(value)) return value.map(bind).join(', ');
      return isSqlText(value) ? value() : bind(value);
    });
    return [escaped, bound];
  }

  protected override async createDatabaseConnection(): Promise<ConnectionPool> {
    if (this.database === undefined)
      throw new TypeORMError('The sqlite3 adapter needs a `database`: a path or ":memory:"');
    // Like TypeORM's own drivers, the package is only looked for where it is used: who is on PostgreSQL need not have it.
    const { openConnections } = await import('./connection.opener.js');
    this.connections = await openConnections(this.database, this.settings);
    return this.connections;
  }
}

/** What TypeORM's own driver gets in place of the better-sqlite3 package. It is never called. */
export const SQLITE3_BINDING = Object.freeze({ package: 'sqlite3' });

/** A parameter that is a function gives SQL instead of a value; TypeORM itself makes such parameters. */
function isSqlText(value: unknown): value is () => string {
  return typeof value === 'function';
}
