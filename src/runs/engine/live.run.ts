import { EventLog } from './events/event.log.js';
import type { EventRelay } from './relay/event.relay.js';
import type { RunOutcome } from './run.engine.js';

/** Who wants events wants the outcome too. */
export type RunInterest = 'outcome' | 'events';

/** A run that this process executes, or that somebody here follows: its events, and the promise of its outcome. */
export class LiveRun {
  readonly log = new EventLog();
  readonly outcome: Promise<RunOutcome>;
  /** Whether events that the log no longer holds are in the table. */
  resumable = false;
  /** Whether it was in the table, so that it has ended when it is not there any more. */
  known = false;
  /** What readers here wait for. */
  interest: RunInterest = 'outcome';
  /** Its log is filled from the tables, because another process executes it. */
  isDistant = false;
  /** Those events are in the relay, and not among the stored ones. */
  isRelayed = true;
  /** The first id that was said after a process elsewhere was asked for the events: what readers of `live` begin with. */
  liveFrom = 0;
  /** Others have to be told of its end, because this process executes it and they follow it. */
  isFollowedElsewhere = false;
  /** Takes its events to those who follow it elsewhere. */
  relay: EventRelay | undefined;
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
