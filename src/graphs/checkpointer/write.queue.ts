import { setImmediate as nextTurn } from 'node:timers/promises';
import { joined, NO_ROWS, type CheckpointRows } from './checkpoint.rows.js';

/**
 * Writes in the order in which it is told to. What comes in while it is writing goes together into the next transaction, so
 * that a fast graph costs few of them, and a slow one waits for none.
 */
export class WriteQueue {
  private waiting = NO_ROWS;
  private writing: Promise<void> | undefined;
  private fault: { readonly error: unknown } | undefined;
  private isClosed = false;

  constructor(private readonly write: (rows: CheckpointRows) => Promise<void>) {}

  /**
   * Resolves when the rows are in the database.
   *
   * @throws what a write failed with, also an earlier one: after it nothing is written any more
   * @throws RunEndedError once the queue is closed
   */
  async add(rows: CheckpointRows): Promise<void> {
    if (this.isClosed) throw new RunEndedError('The run has ended: nothing is written for it any more');
    if (this.fault) throw this.fault.error;
    this.waiting = joined(this.waiting, rows);
    this.writing ??= this.drain();
    await this.writing;
  }

  /** Resolves when nothing waits. Throws as `add` does. */
  async settled(): Promise<void> {
    await this.writing;
    if (this.fault) throw this.fault.error;
  }

  close(): void {
    this.isClosed = true;
  }

  private async drain(): Promise<void> {
    try {
      do {
        await nextTurn();
        const rows = this.waiting;
        this.waiting = NO_ROWS;
        await this.write(rows);
      } while (this.waiting !== NO_ROWS);
    } catch (error) {
      this.fault = { error };
      throw error;
    } finally {
      this.writing = undefined;
    }
  }
}

/** A node of a run that has ended tried to write. */
export class RunEndedError extends Error {
  override readonly name = 'RunEndedError';
}
