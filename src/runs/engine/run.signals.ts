import { Injectable } from '@nestjs/common';
import type { CancelAction } from '../run.entity.js';

/**
 * What others need not wait to find in the table:
 * - `created`: a thread has a new run
 * - `queued`: a run can be claimed, from this moment on
 * - `cancelled`: a running run is to be stopped
 */
export type RunSignal =
  | { readonly kind: 'created'; readonly threadId: string }
  | { readonly kind: 'queued'; readonly at: number }
  | { readonly kind: 'cancelled'; readonly runId: string; readonly action: CancelAction };

export type RunSignalListener = (signal: RunSignal) => void;

/**
 * Wakes workers. Only a hint: the truth is in the table, where a signal that got lost is found again at the next
 * heartbeat.
 */
export abstract class RunSignals {
  /** Called once what it tells is committed. */
  abstract publish(signal: RunSignal): void;

  /** @returns a function that ends the subscription */
  abstract subscribe(listener: RunSignalListener): () => void;
}

/** Within one process. */
@Injectable()
export class LocalRunSignals extends RunSignals {
  private readonly listeners = new Set<RunSignalListener>();

  override publish(signal: RunSignal): void {
    for (const listener of this.listeners) listener(signal);
  }

  override subscribe(listener: RunSignalListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
