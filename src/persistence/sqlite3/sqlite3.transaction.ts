import { bindStatement, type BoundStatement } from './bound.statement.js';
import { FifoLock, type Release } from './fifo.lock.js';
import type { Sqlite3Connection, StatementResult } from './sqlite3.connection.js';
import { Sqlite3Error, TransactionEndedError, TransactionLostError } from './sqlite3.errors.js';

type State = { readonly name: 'open' | 'ended' } | { readonly name: 'lost'; readonly cause: unknown };

/** IMMEDIATE takes the file's write lock now: a transaction that reads first cannot fail with SQLITE_BUSY in its middle. */
const BEGIN = bindStatement('BEGIN IMMEDIATE');
const PROBE = bindStatement('BEGIN');
const ROLLBACK = bindStatement('ROLLBACK');
const NOTHING: StatementResult = { rows: [], changes: 0, lastId: 0 };

/** The writer connection in the hands of one caller, from BEGIN IMMEDIATE until COMMIT, ROLLBACK or `abandon`. */
export class Sqlite3Transaction {
  /** Its queries run one after the other, so that none of them slips behind the COMMIT and into the next caller's transaction. */
  private readonly turn = new FifoLock();
  private state: State = { name: 'open' };

  private constructor(
    private readonly writer: Sqlite3Connection,
    private readonly releaseWriter: Release,
  ) {}

  /**
   * @param releaseWriter gives the write lock back, which the caller has acquired; called when the transaction is over
   * @throws Sqlite3Error when another process keeps the file locked; the lock is given back
   */
  static async begin(writer: Sqlite3Connection, releaseWriter: Release): Promise<Sqlite3Transaction> {
    try {
      await writer.execute(BEGIN);
    } catch (error) {
      releaseWriter();
      throw error;
    }
    return new Sqlite3Transaction(writer, releaseWriter);
  }

  get isOver(): boolean {
    return this.state.name === 'ended';
  }

  /**
   * @throws Sqlite3Error, TransactionEndedError after COMMIT or ROLLBACK, TransactionLostError when SQLite has rolled back
   */
  async execute(statement: BoundStatement): Promise<StatementResult> {
    const release = await this.turn.acquire();
    try {
      return await this.step(statement);
    } finally {
      release();
    }
  }

  /** Rolls back what is not committed and gives the lock back. Never throws; does nothing when the transaction is over. */
  async abandon(): Promise<void> {
    const release = await this.turn.acquire();
    try {
      if (this.state.name === 'open') await this.writer.execute(ROLLBACK);
    } catch {
      // SQLite had ended the transaction itself: what ROLLBACK is for has happened.
    } finally {
      this.end();
      release();
    }
  }

  private async step(statement: BoundStatement): Promise<StatementResult> {
    if (this.state.name === 'ended') throw new TransactionEndedError(statement.sql);
    if (this.state.name === 'lost') return this.stepWhenLost(statement, this.state.cause);
    try {
      const result = await this.writer.execute(statement);
      if (statement.kind === 'commit' || statement.kind === 'rollback') this.end();
      return result;
    } catch (error) {
      if (!(await this.isStillOpen())) this.state = { name: 'lost', cause: error };
      throw error;
    }
  }

  /** Rolling back what SQLite has rolled back already succeeds; anything else would be stored on its own, and is refused. */
  private stepWhenLost({ sql, kind }: BoundStatement, cause: unknown): StatementResult {
    if (kind === 'rollback') this.end();
    else if (!(kind === 'savepoint' && /^\s*ROLLBACK\b/i.test(sql))) throw new TransactionLostError(cause);
    return NOTHING;
  }

  /** Some errors make SQLite roll back by itself. The package does not tell, but within a transaction a BEGIN is an error. */
  private async isStillOpen(): Promise<boolean> {
    try {
      await this.writer.execute(PROBE);
    } catch (error) {
      return error instanceof Sqlite3Error && error.message.includes('within a transaction');
    }
    await this.writer.execute(ROLLBACK);
    return false;
  }

  private end(): void {
    this.state = { name: 'ended' };
    this.releaseWriter();
  }
}
