import { setImmediate as nextTurn } from 'node:timers/promises';
import type { GraphEvent } from '../../../graphs/execution/run.request.js';
import { Bell } from './bell.js';

/** Takes the events of a graph as they come, and can tell when all that it has emitted so far is taken. */
export class EventIntake {
  private readonly bell = new Bell();
  /** The next event is asked for, and not there yet. */
  private waiting = false;

  /**
   * @param take may let the graph's events wait. What it throws ends the graph.
   * @returns what the graph returns
   */
  async takeAll<T>(
    events: AsyncIterator<GraphEvent, T>,
    take: (event: GraphEvent) => Promise<void> | undefined,
  ): Promise<T> {
    try {
      for (;;) {
        this.setWaiting(true);
        const step = await events.next();
        if (step.done) return step.value;
        this.setWaiting(false);
        await take(step.value);
      }
    } finally {
      // Nothing is taken any more, so nothing is to be waited for.
      this.setWaiting(true);
      await events.return?.();
    }
  }

  /**
   * Settles when everything that the graph had emitted before is taken. Between the graph and here events pass through nothing
   * but promises, so after a turn of the event loop they have all arrived.
   */
  async drained(): Promise<void> {
    for (;;) {
      await nextTurn();
      if (this.waiting) return;
      await this.bell.heard();
    }
  }

  private setWaiting(waiting: boolean): void {
    this.waiting = waiting;
    if (waiting) this.bell.ring();
  }
}
