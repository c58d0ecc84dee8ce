import { Logger } from '@nestjs/common';
import type { Client } from 'pg';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

export interface SignalListenerOptions {
  readonly channel: string;
  /** A new connection, not connected yet. */
  readonly createClient: () => Client;
  readonly onMessage: (text: string) => void;
  /** It listens from now on; what was sent before was not heard. */
  readonly onListening: () => void;
}

/** Holds one connection that listens to a channel, and makes a new one whenever it is lost. */
export class SignalListener {
  private readonly logger = new Logger(SignalListener.name);
  private client: Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private pauseMs = FIRST_PAUSE_MS;
  private listening = false;
  private closed = false;

  constructor(private readonly options: SignalListenerOptions) {}

  get isListening(): boolean {
    return this.listening;
  }

  /** Settles when it listens, or has failed to and will try again. */
  async open(): Promise<void> {
    const client = this.options.createClient();
    this.client = client;
    client.on('error', (error) => this.lose(client, error.message));
    client.on('end', () => this.lose(client, 'it was closed'));
    client.on('notification', ({ payload = '' }) => this.options.onMessage(payload));
    try {
      await client.connect();
      await client.query(`LISTEN ${this.options.channel}`);
    } catch (error) {
      this.lose(client, error instanceof Error ? error.message : typeof error);
      return;
    }
    if (this.client !== client) return;
    this.listening = true;
    this.pauseMs = FIRST_PAUSE_MS;
    this.options.onListening();
  }

  /** The connection looks alive and is not. */
  renew(reason: string): void {
    if (this.client) this.lose(this.client, reason);
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    const { client } = this;
    this.client = undefined;
    this.listening = false;
    await client?.end().catch(() => undefined);
  }

  /** Each connection is lost once, whichever of its events comes first. */
  private lose(client: Client, reason: string): void {
    if (this.client !== client || this.closed) return;
    this.client = undefined;
    this.listening = false;
    this.logger.warn(`The connection that hears other processes is lost, and made again: ${reason}`);
    client.end().catch(() => undefined);
    this.timer = setTimeout(() => void this.open(), this.pauseMs);
    this.pauseMs = Math.min(this.pauseMs * 2, LONGEST_PAUSE_MS);
  }
}
