import type { CancelAction } from '../../run.entity.js';

/**
 * Why a run is stopped before its end:
 * - `cancel`: somebody wants it to
 * - `timeout`: it took too long
 * - `suspend`: the server stops, and the run is to be continued elsewhere
 * - `lost`: its lease is another worker's by now
 */
export type StopReason =
  | { readonly kind: 'cancel'; readonly action: CancelAction }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'suspend' }
  | { readonly kind: 'lost' };

/** The reason of the signal that stops a graph. */
export class RunStoppedError extends Error {
  override readonly name = 'RunStoppedError';
  constructor(readonly stop: StopReason) {
    super(`The run was stopped (${stop.kind})`);
  }
}
