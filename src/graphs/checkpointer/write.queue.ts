import { setImmediate as nextTurn } from 'node:timers/promises';
import { joined, NO_ROWS, type CheckpointRows } from './checkpoint.rows.js';

/** So many pauses a write waits at most for a graph that goes on writing. */
const MOST_PAUSES = 10;

export interface WriteQueueOptions {
  /** A write begins when nothing new has come for so many milliseconds (0: for a turn of the event loop), or somebody waits for it. */
  readonly pauseMs: number;
}

/**
 * Writes in the order in which it is told to. What a graph writes shortly after each other, and what comes while it is writing, goes
 * together into one transaction, so that a fast graph costs few of them, and a slow one waits for none.
 */
export class WriteQueue {
  private waiting = NO_ROWS;
  private writing: Promise<void> | undefined;
  private fault: { readonly error: unknown } | undefined;
  private isClosed = false;
  /** Somebody waits for all of it. */
  private isHurried = false;
  private endPause: (() => void) | undefined;

  constructor(
    private readonly write: (rows: CheckpointRows) => Promise<void>,
    private readonly options: WriteQueueOptions,
  ) {}

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
    this.hurry();
    await this.writing;
    if (this.fault) throw this.fault.error;
  }

  /**
   * Lets a write that is under way come to its end, and hands over what waits behind it: to be written by who asks for it.
   *
   * @throws what a write failed with
   */
  async remainder(): Promise<CheckpointRows> {
    const rows = this.waiting;
    this.waiting = NO_ROWS;
    await this.settled();
    return rows;
  }

  close(): void {
    this.isClosed = true;
  }

  private async drain(): Promise<void> {
    try {
      do {
        await this.gathered();
        const rows = this.waiting;
        this.waiting = NO_ROWS;
        if (rows !== NO_ROWS) await this.write(rows);
      } while (this.waiting !== NO_ROWS);
    } catch (error) {
      this.fault = { error };
      throw error;
    } finally {
      this.writing = undefined;
      this.isHurried = false;
    }
  }

  private async gathered(): Promise<void> {
    for (let pauses = 0; pauses < MOST_PAUSES && !this.isHurried; pauses++) {
      const before = this.waiting;
      await this.pause();
      if (this.waiting === before) return;
    }
  }

  private pause(): Promise<void> {
    if (this.options.pauseMs === 0) return nextTurn();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.options.pauseMs);
      this.endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private hurry(): void {
    if (!this.writing) return;
    this.isHurried = true;
    this.endPause?.();
  }
}

/** A node of a run that has ended tried to write. */
export class RunEndedError extends Error {
  override readonly name = 'RunEndedError';
}
