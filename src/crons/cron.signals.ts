import { Injectable } from '@nestjs/common';

export type CronSignalListener = (at: number) => void;

/**
 * Tells schedulers when an occurrence is due that they may not know of. Only a hint: the truth is in the table, where a scheduler that
 * was told nothing looks again before long.
 */
export abstract class CronSignals {
  /** Called once it is committed. @param at in milliseconds since the epoch */
  abstract publish(at: number): void;

  /** @returns a function that ends the subscription */
  abstract subscribe(listener: CronSignalListener): () => void;
}

/** Within one process. */
@Injectable()
export class LocalCronSignals extends CronSignals {
  private readonly listeners = new Set<CronSignalListener>();

  override publish(at: number): void {
    for (const listener of this.listeners) listener(at);
  }

  override subscribe(listener: CronSignalListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
