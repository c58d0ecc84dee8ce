import type { EntityManager } from 'typeorm';
import type { JsonValue } from '../../graphs/execution/serialize.js';
import type { CancelAction, Run } from '../run.entity.js';
import type { RunInterest } from './live.run.js';

export type { RunInterest } from './live.run.js';

/** One event of a run's stream. */
export interface RunEvent {
  /**
   * Counts from 0 (`metadata`) over all attempts. A run that is not resumable and is continued after its process died leaves
   * a gap, so that an id is never given twice.
   */
  readonly id: number;
  readonly event: string;
  readonly data: JsonValue;
  /** `data` as JSON text in one line: written once, for any number of readers. */
  readonly json: string;
}

/** How a run ended, for those who wait for it. */
export interface RunOutcome {
  /** `deleted`: rolled back, or gone with its thread. A stateless run that took its thread along says how it ended itself. */
  readonly status: 'success' | 'error' | 'timeout' | 'interrupted' | 'deleted';
  /** The root graph's last state merged with `__interrupt__` where it paused; null when nothing ran. */
  readonly values: JsonValue;
  readonly error: { readonly error: string; readonly message: string } | null;
}

/** Which events of a run a reader wants: those after an id, or only new ones. */
export interface EventsOptions {
  readonly after?: number;
  readonly live?: boolean;
  /** A run that has ended just now still yields what was kept, or brought here, for those who follow its thread. */
  readonly recent?: boolean;
  readonly signal: AbortSignal;
}

/** A run that is followed from its beginning. */
export interface FollowedRun {
  /** Every event of the run, from the first one on. Can be iterated several times, each time from the beginning. */
  readonly events: AsyncIterable<RunEvent>;
  /** @throws RunSuspendedError when the server stops before the run has ended */
  outcome(): Promise<RunOutcome>;
}

/**
 * Writes something of its own in the transaction that queues runs, after them. What it throws takes the runs back too, and comes
 * out of `enqueue`. May be called again, when the transaction is.
 */
export type Alongside = (manager: EntityManager) => Promise<void>;

/** What a request needs to have a run executed. Implemented by the engine; the only way from the API to it. */
export abstract class RunEngine {
  /**
   * Puts runs into the queue, all or none, each under its own decision, and with the strategies of the runs where the thread is busy
   * (contract 3.6), and wakes a worker. A thread that has to be created first is given with the run, as `run.thread`; when it
   * turns out to be there already and visible, the run goes onto that one. The thread becomes busy and its metadata names
   * the graph and the assistant of the run. The objects are left as they are: `status` stays `pending`.
   *
   * @throws ThreadBusyError for strategy `reject` on a busy thread
   * @throws ThreadNotVisibleError when the thread is not there, or not visible
   * @throws ThreadTakenError when a thread that was to be created is there, but not visible
   * @throws ScopeViolationError when the new thread would not be visible to its creator
   */
  abstract enqueue(runs: readonly Run[], options?: { readonly alongside?: Alongside }): Promise<void>;

  /**
   * Follows a run from its beginning, for the request that is about to enqueue it: called before `enqueue`, so that nothing
   * is missed, however fast the run is and even when it takes its thread along. Ends with the signal. Who needs nothing but the
   * outcome says so: then events need not be brought here from another process.
   *
   * @example
   * const followed = engine.follow(run.run_id, signal, 'events');
   * await engine.enqueue([run]);
   * for await (const { id, event, json } of followed.events) write(id, event, json);
   */
  abstract follow(runId: string, signal: AbortSignal, interest: RunInterest): FollowedRun;

  /**
   * The events of a run after the one with id `after` (all, if left out), or with `live` only those from now on, until it has
   * ended. Any number of readers get every event each. A run that has ended yields its events only when it is resumable; one
   * that is missing, or out of the reach of the current scope, yields none.
   *
   * @throws EventsLostError when the reader is so far behind that events of a run that is not resumable are gone
   */
  abstract events(runId: string, options: EventsOptions): AsyncIterable<RunEvent>;

  /**
   * Settles when the run has ended; at once when it has already.
   * @throws RunSuspendedError when the server stops before
   */
  abstract outcome(runId: string, signal: AbortSignal): Promise<RunOutcome>;

  /**
   * Cancels pending and running runs, in the current scope: `interrupt` keeps run and checkpoints, `rollback` deletes both.
   * With `wait`, settles when all have ended. A run that has ended, or is out of reach, stays as it is.
   *
   * @returns how many runs were pending or running
   */
  abstract cancel(
    runIds: readonly string[],
    action: CancelAction,
    options: { wait: boolean },
  ): Promise<number>;

  /**
   * Cancels whatever is pending or running on these threads, in the current scope, and settles when all of it has stopped: for
   * those who are about to delete them.
   */
  abstract cancelAllOf(threadIds: readonly string[]): Promise<void>;
}
