import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { RunSignal } from '../run.signals.js';

/** From one sending to the next, so that a busy process sends a few hundred statements a second and not thousands. */
const SPACING_MS = 5;
/** More than this are not kept while the database does not take them: the heartbeats of the others find what they tell. */
const CAPACITY = 10_000;

/**
 * Signals on their way to other processes. They are sent in the background, many at once, each as soon as possible: the first one
 * goes at once, and what comes while it is on its way goes together. Nobody waits for it, and what fails is dropped.
 */
export class SignalOutbox {
  private readonly logger = new Logger(SignalOutbox.name);
  private readonly waiting = new Map<string, RunSignal>();
  private sending: Promise<void> | undefined;
  private failed = false;

  constructor(private readonly send: (signals: readonly RunSignal[]) => Promise<void>) {}

  add(signal: RunSignal): void {
    if (this.waiting.size >= CAPACITY) return;
    // A signal says that it is worth looking: once is enough.
    this.waiting.set(JSON.stringify(signal), signal);
    this.sending ??= this.sendAll();
  }

  /** Settles when everything is sent. */
  async emptied(): Promise<void> {
    await this.sending;
  }

  /** Never rejects. */
  private async sendAll(): Promise<void> {
    // What one request publishes goes together.
    await Promise.resolve();
    while (this.waiting.size > 0) {
      const signals = [...this.waiting.values()];
      this.waiting.clear();
      await this.sendOnce(signals);
      await sleep(SPACING_MS);
    }
    this.sending = undefined;
  }

  private async sendOnce(signals: readonly RunSignal[]): Promise<void> {
    try {
      await this.send(signals);
      this.failed = false;
    } catch (error) {
      if (this.failed) return;
      this.failed = true;
      this.logger.warn(
        `Other processes cannot be told: ${error instanceof Error ? error.name : typeof error}`,
      );
    }
  }
}
