import { randomUUID } from 'node:crypto';

/** How the engine works through the queue. All times are in milliseconds. */
export interface RunEngineOptions {
  /** How many runs are executed at the same time. 0 leaves them to other processes. */
  readonly concurrency: number;
  /** How many runs of one identity are executed at the same time, by all processes together. 0 sets no limit. */
  readonly concurrencyPerIdentity: number;
  /** How long one attempt of a run may take. */
  readonly timeoutMs: number;
  /** How long a worker may be silent before others take its runs over. It gives a sign of life three times as often. */
  readonly leaseMs: number;
  /** How long runs may go on when the server stops, before they are handed back. */
  readonly gracePeriodMs: number;
  /** Told apart from every other process, and from this one before it was restarted. */
  readonly workerId: string;
}

export const DEFAULT_RUN_ENGINE_OPTIONS = {
  concurrency: 10,
  concurrencyPerIdentity: 0,
  timeoutMs: 3_600_000,
  leaseMs: 10_000,
  gracePeriodMs: 10_000,
} as const;

/** @example runEngineOptions({ concurrency: 4 }) */
export function runEngineOptions(given: Partial<RunEngineOptions> = {}): RunEngineOptions {
  return { ...DEFAULT_RUN_ENGINE_OPTIONS, workerId: randomUUID(), ...given };
}

/** The token of the `RunEngineOptions`. */
export const RUN_ENGINE_OPTIONS = Symbol('options of the run engine');
