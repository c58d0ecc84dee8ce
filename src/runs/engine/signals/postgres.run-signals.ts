import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { runAsSystem } from '../../../on-auth/authorization.context.js';
import { postgresClient } from '../../../persistence/postgres.client.js';
import { rowsOf } from '../queue/run.sql.js';
import { LocalRunSignals, type RunSignal } from '../run.signals.js';
import { PeerRegistry } from './peer.registry.js';
import { SignalListener } from './signal.listener.js';
import { readMessage, writeMessages } from './signal.message.js';
import { SignalOutbox } from './signal.outbox.js';

const CHANNEL = 'onauth_runs';
const APPLICATION_NAME = 'onauth-server signals';
/** How often a process says that it is there. It has to hear itself, or its connection is dead. */
const PING_MS = 2_000;
const SILENCE_MS = 5_000;

const NOTIFY = 'SELECT pg_notify($1, m."text") FROM json_array_elements_text($2::json) AS m("text")';

/**
 * Between all processes on one PostgreSQL, by LISTEN and NOTIFY. A process that has heard of no other one sends nothing but the
 * sign that it is there; whoever hears that sign for the first time answers with its own and looks into the tables, so that
 * nothing is missed by two processes that get to know each other.
 */
export class PostgresRunSignals extends LocalRunSignals {
  private readonly logger = new Logger(PostgresRunSignals.name);
  private readonly peers = new PeerRegistry();
  private readonly outbox = new SignalOutbox((signals) => this.send(signals));
  private readonly listener: SignalListener;
  private timer: NodeJS.Timeout | undefined;
  /** Since when a ping of this process has not come back. */
  private silentSince: number | undefined;
  private hasHeardNonsense = false;

  /** @param processId told apart from every other process */
  constructor(
    private readonly dataSource: DataSource,
    private readonly processId: string,
  ) {
    super();
    this.listener = new SignalListener({
      channel: CHANNEL,
      createClient: () => postgresClient(dataSource, APPLICATION_NAME),
      onMessage: (text) => this.hear(text),
      onListening: () => this.beginAnew(),
    });
  }

  override publish(signal: RunSignal): void {
    super.publish(signal);
    if (signal.kind === 'missed') return;
    // Who cannot hear does not know whether it is alone.
    if (this.peers.hasAny || !this.listener.isListening) this.outbox.add(signal);
  }

  override async open(): Promise<void> {
    await this.listener.open();
    this.timer = setInterval(() => void this.ping(), PING_MS).unref();
  }

  override async close(): Promise<void> {
    clearInterval(this.timer);
    await this.outbox.emptied();
    await this.listener.close();
  }

  private beginAnew(): void {
    this.silentSince = undefined;
    void this.ping();
    super.publish({ kind: 'missed' });
  }

  private hear(text: string): void {
    const message = readMessage(text);
    if (!message) {
      this.hearNonsense();
      return;
    }
    if (message.from === this.processId) {
      this.silentSince = undefined;
      return;
    }
    if (this.peers.hear(message.from)) this.greet();
    for (const signal of message.signals) super.publish(signal);
  }

  /** What this process sent before it knew of the other one, the other one has not heard; and the other way round. */
  private greet(): void {
    void this.ping();
    super.publish({ kind: 'missed' });
  }

  private async ping(): Promise<void> {
    if (this.silentSince !== undefined && performance.now() - this.silentSince > SILENCE_MS) {
      this.silentSince = undefined;
      this.listener.renew('nothing comes through');
      return;
    }
    try {
      await this.send([]);
      if (this.listener.isListening) this.silentSince ??= performance.now();
    } catch {
      // The database does not answer: says nothing about the connection that listens.
    }
  }

  private async send(signals: readonly RunSignal[]): Promise<void> {
    const messages = JSON.stringify(writeMessages(this.processId, signals));
    await runAsSystem('tell other processes', () =>
      rowsOf(this.dataSource.manager, NOTIFY, [CHANNEL, messages]),
    );
  }

  private hearNonsense(): void {
    if (this.hasHeardNonsense) return;
    this.hasHeardNonsense = true;
    this.logger.warn(`Something on the channel ${CHANNEL} is not of this service, and is ignored`);
  }
}
