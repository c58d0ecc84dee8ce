import type { PrecedingStatement } from './service.query.js';

export const BEGIN = 'START TRANSACTION';

/**
 * A transaction whose beginning goes out with its first statement instead of in a round trip of its own. Without a statement there
 * is nothing to begin.
 *
 * Its beginning hardly ever fails while the connection lives: where it is cancelled, say. PostgreSQL then passes over the
 * statement that came with it, and every further one is refused here, since it would be in no transaction.
 */
export class DeferredTransaction {
  private state: 'due' | 'beginning' | 'begun' | 'lost' = 'due';

  /** Nothing was sent yet. */
  get isDue(): boolean {
    return this.state === 'due';
  }

  get hasBegun(): boolean {
    return this.state === 'begun';
  }

  /** What goes out before the first statement. */
  begin(): PrecedingStatement {
    this.state = 'beginning';
    return {
      text: BEGIN,
      values: [],
      name: undefined,
      onDone: () => {
        this.state = 'begun';
      },
    };
  }

  /** A statement failed: maybe before there was a transaction. */
  noteFailure(): void {
    if (this.state === 'beginning') this.state = 'lost';
  }

  /** Why no further statement may be sent. */
  refusal(): Error | undefined {
    return this.state === 'lost' ? new Error('the transaction did not begin') : undefined;
  }
}
