import sqlite3 from 'sqlite3';
import type { BoundStatement } from './bound.statement.js';
import { FifoLock, type Release } from './fifo.lock.js';
import type { Sqlite3Value } from './parameter.binder.js';
import { toSqlite3Error } from './sqlite3.codes.js';
import { DatabaseClosedError } from './sqlite3.errors.js';
import { StatementCache } from './statement.cache.js';

/** Integers and reals are numbers (an integer beyond the safe ones comes back rounded), texts strings, blobs Buffers. */
export type Row = Readonly<Record<string, unknown>>;

export interface StatementResult {
  readonly rows: Row[];
  /** Rows that a write changed; 0 for other statements. */
  readonly changes: number;
  /** The rowid of the last insert of this connection; 0 for statements that are not writes. */
  readonly lastId: number;
}

export type ConnectionMode = 'writer' | 'reader';

/** SQLITE_OPEN_EXRESCODE, which the package does not export: errors carry extended codes, so a unique violation is recognisable. */
const OPEN_EXTENDED_CODES = 0x02000000;

const OPEN_FLAGS: Readonly<Record<ConnectionMode, number>> = {
  writer: sqlite3.OPEN_READWRITE | sqlite3.OPEN_CREATE | OPEN_EXTENDED_CODES,
  reader: sqlite3.OPEN_READONLY | OPEN_EXTENDED_CODES,
};

/**
 * One connection of the package, one call at a time. SQLite would serialize the calls anyhow, but with each waiting call in a
 * thread of libuv's small pool, which the file system and DNS need too.
 */
export class Sqlite3Connection {
  private readonly turn = new FifoLock();
  private readonly statements: StatementCache;
  private closed = false;

  private constructor(
    private readonly database: sqlite3.Database,
    statementCacheSize: number,
  ) {
    this.statements = new StatementCache(database, statementCacheSize);
  }

  /** @throws Sqlite3Error when the file cannot be opened */
  static open(path: string, mode: ConnectionMode, statementCacheSize: number): Promise<Sqlite3Connection> {
    return new Promise((resolve, reject) => {
      const database = new sqlite3.Database(path, OPEN_FLAGS[mode], (error) => {
        if (error) reject(toSqlite3Error(error));
        else resolve(new Sqlite3Connection(database, statementCacheSize));
      });
    });
  }

  /** Calls that run or wait here. */
  get load(): number {
    return this.turn.load;
  }

  /** @throws Sqlite3Error, DatabaseClosedError */
  execute(statement: BoundStatement): Promise<StatementResult> {
    const release = this.turn.tryAcquire();
    if (release) return this.run(statement, release);
    return this.turn.acquire().then((granted) => this.run(statement, granted));
  }

  /** Waits for the calls that came before, then closes. */
  async close(): Promise<void> {
    const release = await this.turn.acquire();
    try {
      if (this.closed) return;
      this.closed = true;
      this.statements.clear();
      await new Promise<void>((resolve, reject) => {
        this.database.close((error) => (error ? reject(toSqlite3Error(error)) : resolve()));
      });
    } finally {
      release();
    }
  }

  /** One promise and few steps: every query of the service passes here. */
  private async run({ sql, kind, values }: BoundStatement, release: Release): Promise<StatementResult> {
    let prepared: sqlite3.Statement | undefined;
    let isSound = false;
    try {
      if (this.closed) throw new DatabaseClosedError();
      const taken = this.statements.take(sql);
      prepared = taken instanceof Promise ? await taken : taken;
      const result = await (kind === 'write' ? stepOnce(prepared, values) : stepToTheEnd(prepared, values));
      isSound = kind !== 'other';
      return result;
    } finally {
      // A failed statement may stand in mid-step and keep its transaction open until it is finalized.
      if (isSound && prepared) this.statements.giveBack(sql, prepared);
      else prepared?.finalize();
      release();
    }
  }
}

/** Only for statements that give no rows: with rows it would stay open and hold its snapshot. */
function stepOnce(prepared: sqlite3.Statement, values: readonly Sqlite3Value[]): Promise<StatementResult> {
  return new Promise((resolve, reject) => {
    prepared.run(values, function (this: sqlite3.RunResult, error: Error | null) {
      if (error) reject(toSqlite3Error(error));
      else resolve({ rows: [], changes: this.changes, lastId: this.lastID });
    });
  });
}

/** The end resets the statement: no snapshot and no lock outlives the call. */
function stepToTheEnd(
  prepared: sqlite3.Statement,
  values: readonly Sqlite3Value[],
): Promise<StatementResult> {
  return new Promise((resolve, reject) => {
    prepared.all(values, (error: Error | null, rows: Row[]) => {
      if (error) reject(toSqlite3Error(error));
      else resolve({ rows, changes: 0, lastId: 0 });
    });
  });
}
