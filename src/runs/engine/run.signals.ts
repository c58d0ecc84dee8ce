import { Injectable } from '@nestjs/common';
import type { CancelAction } from '../run.entity.js';

/**
 * What others need not wait to find in the tables:
 * - `created`: a thread has a new run
 * - `queued`: a run can be claimed, from this moment on
 * - `cancelled`: a running run is to be stopped; without an action, what the table says of it is
 * - `followed`: another process wants to hear of a run that is executed here
 * - `events`: a run that is executed elsewhere has new events in the tables
 * - `ended`: a run that is followed elsewhere has ended
 * - `revoked`: an identity has lost its access, as the tables say
 * - `changed`: the metadata of a thread is different now, or the thread is gone
 * - `missed`: signals may have been lost; whoever waits for one looks into the tables. Stays within the process
 */
export type RunSignal =
  | { readonly kind: 'created' | 'changed'; readonly threadId: string }
  | { readonly kind: 'queued'; readonly at: number }
  | { readonly kind: 'cancelled'; readonly runId: string; readonly action?: CancelAction }
  | { readonly kind: 'followed' | 'events' | 'ended'; readonly runId: string }
  | { readonly kind: 'revoked' }
  | { readonly kind: 'missed' };

export type RunSignalListener = (signal: RunSignal) => void;

/**
 * Wakes workers and readers. Only a hint: the truth is in the tables, where a signal that got lost is found again at the next
 * heartbeat.
 */
export abstract class RunSignals {
  /** Called once what it tells is committed. Listeners of this process are told before it returns. */
  abstract publish(signal: RunSignal): void;

  /** @returns a function that ends the subscription */
  abstract subscribe(listener: RunSignalListener): () => void;

  /** Begins to hear other processes, if there can be any. */
  abstract open(): Promise<void>;

  /** Sends what is still to be sent, and hears nothing any more. */
  abstract close(): Promise<void>;
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

  override open(): Promise<void> {
    return Promise.resolve();
  }

  override close(): Promise<void> {
    return Promise.resolve();
  }
}
