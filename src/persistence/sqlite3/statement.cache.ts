import type sqlite3 from 'sqlite3';
import { toSqlite3Error } from './sqlite3.codes.js';

/** A text that long is generated for one occasion (a bulk insert), and would only push the others out. */
const LONGEST_CACHED_SQL = 10_000;

/**
 * The prepared statements of one connection that are idle, least recently used first. `take` hands a statement over and forgets
 * it, `giveBack` brings it home: so a statement in use is never finalized, and never stepped by two callers.
 *
 * Finalizing waits, on the main thread, for a call that runs on the same connection. Hence all methods belong in the
 * connection's turn, when none does.
 */
export class StatementCache {
  private readonly idle = new Map<string, sqlite3.Statement>();

  constructor(
    private readonly database: sqlite3.Database,
    private readonly capacity: number,
  ) {}

  /**
   * At once where it is there.
   * @throws Sqlite3Error when SQLite cannot prepare the text
   */
  take(sql: string): sqlite3.Statement | Promise<sqlite3.Statement> {
    const statement = this.idle.get(sql);
    if (!statement) return this.prepare(sql);
    this.idle.delete(sql);
    return statement;
  }

  giveBack(sql: string, statement: sqlite3.Statement): void {
    if (this.capacity === 0 || sql.length > LONGEST_CACHED_SQL || this.idle.has(sql)) {
      statement.finalize();
      return;
    }
    this.idle.set(sql, statement);
    if (this.idle.size > this.capacity) this.evictOldest();
  }

  /** Finalizes every idle statement; a connection with open statements cannot be closed. */
  clear(): void {
    for (const statement of this.idle.values()) statement.finalize();
    this.idle.clear();
  }

  private evictOldest(): void {
    for (const [sql, statement] of this.idle) {
      this.idle.delete(sql);
      statement.finalize();
      return;
    }
  }

  private prepare(sql: string): Promise<sqlite3.Statement> {
    return new Promise((resolve, reject) => {
      const statement = this.database.prepare(sql, (error) =>
        error ? reject(toSqlite3Error(error)) : resolve(statement),
      );
    });
  }
}
