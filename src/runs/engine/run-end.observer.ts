import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { JsonValue } from '../../graphs/execution/serialize.js';
import type { Run } from '../run.entity.js';

/** A run that has ended. */
export interface RunEnd {
  /** As its row says now. */
  readonly run: Run;
  /** The state of the thread, as far as it is known. */
  readonly values: JsonValue;
}

/**
 * Hears of the end of each run that asked for a webhook, whatever ended it: its graph, a failure, a time limit, a cancellation before or
 * after its beginning, or the death of its workers. A run that was rolled back has no end: it is gone.
 */
export abstract class RunEndObserver {
  /**
   * Called inside the transaction that records the end. What it writes with this manager is committed with the end, or not at all;
   * when it throws, the end is not recorded and will be tried again.
   */
  abstract record(manager: EntityManager, end: RunEnd): Promise<void>;

  /** Called for every run whose end is committed, also for those that asked for nothing. */
  abstract committed(runId: string): void;
}

/** Where nobody needs to know. */
@Injectable()
export class NoRunEndObserver extends RunEndObserver {
  override record(): Promise<void> {
    return Promise.resolve();
  }

  override committed(): void {
    // Nothing was recorded.
  }
}

/** Whether somebody wants to hear of the end. */
export function hasWebhook({ kwargs }: Run): boolean {
  return typeof kwargs.webhook === 'string';
}
