import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { EventLog } from '../events/event.log.js';
import type { RunEvent } from '../run.engine.js';

/** From one batch to the next: what a model says token by token goes together. */
const SPACING_MS = 10;
const RETRY_MS = 200;
/** Events and characters in one batch. */
const BATCH = 500;
const BATCH_LENGTH = 4_000_000;
/** Characters of JSON that may be on their way before the run has to wait. */
const MAX_UNSENT = 4_000_000;

/** What a relay does with the events that it takes from the log. */
export type SendEvents = (events: readonly RunEvent[]) => Promise<void>;

/**
 * Takes the events of a run that is executed here to those who follow it elsewhere. It is one more reader of the log, and begins
 * with what that still holds. Where it cannot keep up the run waits for it, since these readers are as good as those here.
 */
export class EventRelay {
  private readonly logger = new Logger(EventRelay.name);
  private readonly stopped = new AbortController();
  private readonly pumping: Promise<void>;
  private unsent = 0;
  private onSent: (() => void) | undefined;

  /**
   * @param next the first id that is to be taken along
   * @param running aborts when the run is told to stop: then it waits for nothing any more
   */
  constructor(
    private readonly log: EventLog,
    private next: number,
    private readonly send: SendEvents,
    private readonly running: AbortSignal,
  ) {
    running.addEventListener('abort', () => this.onSent?.(), { once: true });
    this.pumping = this.pump();
  }

  /** An event of this length is in the log. @returns a promise where the run has to wait */
  noted(length: number): Promise<void> | undefined {
    this.unsent += length;
    if (this.unsent <= MAX_UNSENT || this.stopped.signal.aborted || this.running.aborted) return undefined;
    return new Promise((resolve) => (this.onSent = resolve));
  }

  /** Sends what is there, once more at most where that fails, and then nothing any more. Never rejects. */
  async settle(): Promise<void> {
    this.stopped.abort();
    this.onSent?.();
    await this.pumping;
  }

  /** What has not been sent when it has settled. */
  rest(): readonly RunEvent[] {
    return this.log.from(this.next) ?? this.log.from(this.log.oldestId) ?? [];
  }

  private async pump(): Promise<void> {
    const { signal } = this.stopped;
    for (;;) {
      const events = batchOf(this.rest());
      if (events.length > 0) {
        const isSent = await this.trySend(events);
        if (signal.aborted && !isSent) return;
        await sleep(isSent ? SPACING_MS : RETRY_MS, undefined, { signal }).catch(() => undefined);
      } else if (signal.aborted || this.log.isClosed) return;
      else await this.log.changed(signal);
    }
  }

  private async trySend(events: readonly RunEvent[]): Promise<boolean> {
    try {
      await this.send(events);
    } catch (error) {
      this.logger.warn(
        `Events are not taken elsewhere: ${error instanceof Error ? error.name : typeof error}`,
      );
      return false;
    }
    this.next = (events.at(-1)?.id ?? this.next) + 1;
    this.unsent = Math.max(0, this.unsent - lengthOf(events));
    if (this.unsent <= MAX_UNSENT) this.onSent?.();
    return true;
  }
}

/** As many of the first ones as go together; at least one. */
function batchOf(events: readonly RunEvent[]): readonly RunEvent[] {
  let length = 0;
  const end = events.findIndex(({ json }, index) => {
    length += json.length;
    return index === BATCH || (index > 0 && length > BATCH_LENGTH);
  });
  return end < 0 ? events : events.slice(0, end);
}

function lengthOf(events: readonly RunEvent[]): number {
  return events.reduce((length, { json }) => length + json.length, 0);
}
