import { EventLog } from './events/event.log.js';
import type { RunOutcome } from './run.engine.js';

/** A run that this process executes, or that somebody here follows: its events, and the promise of its outcome. */
export class LiveRun {
  readonly log = new EventLog();
  readonly outcome: Promise<RunOutcome>;
  /** Whether events that the log no longer holds are in the table. */
  resumable = false;
  /** Whether it was in the table, so that it has ended when it is not there any more. */
  known = false;
  private resolve!: (outcome: RunOutcome) => void;
  private reject!: (error: Error) => void;

  constructor(readonly runId: string) {
    this.outcome = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Where nobody waits for the outcome, nobody misses it.
    this.outcome.catch(() => undefined);
  }

  end(outcome: RunOutcome): void {
    this.resolve(outcome);
    this.log.close();
  }

  /** It goes on elsewhere: readers end, and those who wait are told so. */
  suspend(error: Error): void {
    this.reject(error);
    this.log.close();
  }
}
