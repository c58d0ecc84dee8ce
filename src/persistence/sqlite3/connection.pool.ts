import type { BoundStatement } from './bound.statement.js';
import { FifoLock, type LockPatience } from './fifo.lock.js';
import type { Sqlite3Connection, StatementResult } from './sqlite3.connection.js';
import { DatabaseClosedError, WriteLockTimeoutError } from './sqlite3.errors.js';
import { Sqlite3Transaction } from './sqlite3.transaction.js';

/**
 * The connections of one database: a single writer, which one caller at a time may use, and readers for statements that only
 * read and belong to no transaction. A reader sees everything committed before its statement starts, and nothing else. A
 * database in memory has no readers; its reads queue for the writer like the rest.
 */
export class ConnectionPool {
  private readonly lock = new FifoLock();
  private readonly patience: LockPatience;
  private closing = false;

  constructor(
    private readonly writer: Sqlite3Connection,
    private readonly readers: readonly Sqlite3Connection[],
    lockTimeoutMs: number,
  ) {
    this.patience = {
      timeoutMs: lockTimeoutMs,
      onTimeout: (heldMs) => new WriteLockTimeoutError(lockTimeoutMs, heldMs),
    };
  }

  /**
   * Runs a statement on its own, outside any transaction.
   * @throws Sqlite3Error, WriteLockTimeoutError, DatabaseClosedError
   */
  execute(statement: BoundStatement): Promise<StatementResult> {
    if (this.closing) return Promise.reject(new DatabaseClosedError());
    const reader = statement.kind === 'read' ? this.leastBusyReader() : undefined;
    return reader ? reader.execute(statement) : this.write(statement);
  }

  /** @throws Sqlite3Error, WriteLockTimeoutError, DatabaseClosedError */
  async begin(): Promise<Sqlite3Transaction> {
    if (this.closing) throw new DatabaseClosedError();
    return Sqlite3Transaction.begin(this.writer, await this.lock.acquire(this.patience));
  }

  /**
   * Accepts no further query, waits for those it has accepted, and closes. A transaction that does not end within the lock's
   * timeout is rolled back by the closing.
   */
  async close(): Promise<void> {
    this.closing = true;
    const release = await this.lock.acquire(this.patience).catch(() => undefined);
    try {
      await Promise.all(this.readers.map((reader) => reader.close()));
      // The last connection to close writes the log back into the file and removes it; a reader could not.
      await this.writer.close();
    } finally {
      release?.();
    }
  }

  private async write(statement: BoundStatement): Promise<StatementResult> {
    const release = this.lock.tryAcquire() ?? (await this.lock.acquire(this.patience));
    try {
      return await this.writer.execute(statement);
    } finally {
      release();
    }
  }

  private leastBusyReader(): Sqlite3Connection | undefined {
    let best: Sqlite3Connection | undefined;
    for (const reader of this.readers) if (!best || reader.load < best.load) best = reader;
    return best;
  }
}
