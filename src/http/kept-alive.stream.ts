import { AsyncResource } from 'node:async_hooks';
import { Readable } from 'node:stream';
import { Logger } from '@nestjs/common';
import { EarlyEndError } from './early-end.error.js';

/** Proxies and clients give a silent connection up after some time; the clients of the contract expect a sign every 5 s. */
export const KEEP_ALIVE_MS = 5_000;
/** A client that has lost its right to the answer and does not read is cut off after this. */
const FAREWELL_MS = 500;

/** What is said of a failure once the status has been sent. */
export interface Failure {
  readonly error: string;
  readonly message: string;
}

export interface LongAnswerOptions {
  /**
   * Aborted when the client goes away, and whenever else the answer is over: ends the source. With an `EarlyEndError` as the reason
   * the answer ends as well.
   */
  readonly abort: AbortController;
  /** Called when the client went away before everything was sent. */
  readonly onDisconnect?: () => void;
  /**
   * What the client hears of a failed source; null to break the connection off, so that the client comes back. Other failures
   * are logged, and the client hears nothing of their cause.
   */
  readonly describe?: (error: unknown) => Failure | null | undefined;
  readonly keepAliveMs?: number;
}

interface Wording {
  /** Sent at once, so that the client has its headers, and then regularly. Has no meaning in the format of the answer. */
  readonly keepAlive: string;
  readonly failure: (failure: Failure) => string;
}

/** Why the source of an answer ends that is over. */
const GONE = Object.freeze(new Error('The answer is over'));
const UNKNOWN: Failure = Object.freeze({ error: 'InternalServerError', message: 'Internal Server Error' });

/**
 * The body of an answer that takes its time. A client that does not read stops the source instead of filling the memory, and
 * one that goes away ends it. The source runs in the async context of the constructor's caller, whoever reads.
 */
export class KeptAliveStream extends Readable {
  private static readonly logger = new Logger(KeptAliveStream.name);
  private readonly timer: NodeJS.Timeout;
  private readonly onDisconnect: () => void;
  private onDrained: (() => void) | undefined;
  private farewell: NodeJS.Timeout | undefined;
  private isComplete = false;

  constructor(
    pieces: AsyncIterable<string>,
    private readonly wording: Wording,
    private readonly options: LongAnswerOptions,
  ) {
    super();
    // Not `AsyncResource.bind`, which takes ten times as long.
    const caller = new AsyncResource('KeptAliveStream');
    this.onDisconnect = () => caller.runInAsyncScope(() => options.onDisconnect?.());
    this.push(wording.keepAlive);
    this.timer = setInterval(() => this.giveSign(), options.keepAliveMs ?? KEEP_ALIVE_MS);
    const { signal } = options.abort;
    if (signal.aborted) this.endEarly(signal.reason);
    else signal.addEventListener('abort', () => this.endEarly(signal.reason), { once: true });
    void this.pump(pieces);
  }

  override _read(): void {
    this.onDrained?.();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearInterval(this.timer);
    clearTimeout(this.farewell);
    const { abort } = this.options;
    // The reason that it would make up for itself is costly, and never looked at.
    if (!abort.signal.aborted) abort.abort(GONE);
    this.onDrained?.();
    // The answer to a HEAD is thrown away unread, and a failed one by the server: nobody went away.
    if (this.readableDidRead && !this.isComplete && !error) this.onDisconnect();
    done(error);
  }

  private async pump(pieces: AsyncIterable<string>): Promise<void> {
    try {
      for await (const piece of pieces) {
        if (this.isOver) return;
        if (!this.push(piece)) await this.drained();
      }
      this.complete();
    } catch (error) {
      this.fail(error);
    }
  }

  /** Whatever has not been read by then is never sent. */
  private endEarly(reason: unknown): void {
    if (this.isOver || !(reason instanceof EarlyEndError)) return;
    this.push(this.wording.failure(reason.failure));
    this.complete();
    this.onDrained?.();
    this.farewell = setTimeout(() => this.destroy(reason), FAREWELL_MS);
  }

  private fail(error: unknown): void {
    if (this.isOver) return;
    const failure = this.options.describe?.(error);
    if (failure === null) {
      this.destroy(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    if (!failure) KeptAliveStream.logger.error(error instanceof Error ? error.stack : String(error));
    this.push(this.wording.failure(failure ?? UNKNOWN));
    this.complete();
  }

  private get isOver(): boolean {
    return this.destroyed || this.isComplete;
  }

  private complete(): void {
    if (this.isOver) return;
    this.isComplete = true;
    clearInterval(this.timer);
    this.push(null);
  }

  private giveSign(): void {
    if (this.readableLength < this.readableHighWaterMark) this.push(this.wording.keepAlive);
  }

  private drained(): Promise<void> {
    return new Promise((resolve) => {
      this.onDrained = () => {
        this.onDrained = undefined;
        resolve();
      };
    });
  }
}
