import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { ProcessRole } from '../../configuration/process.role.js';
import { QueueAlarm } from '../../runs/engine/worker/queue.alarm.js';
import type { Cron } from '../cron.entity.js';
import { CronSignals } from '../cron.signals.js';
import { CronFirer } from './cron.firer.js';
import { CronQueue } from './cron.queue.js';

/** How many crons a process fires at the same time. A handler that is slow to decide keeps one of them busy, not all. */
const LANES = 4;
/** For what no signal tells: crons of other processes, and claims of those that died. */
const LONGEST_SLEEP_MS = 15_000;

/** Fires crons when they are due. It sleeps until the next occurrence that it knows of, and is woken for an earlier one. */
@Injectable()
export class CronScheduler implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(CronScheduler.name);
  private readonly alarm = new QueueAlarm(() => this.wake());
  private unsubscribe: (() => void) | undefined;
  private accepting = false;
  private wanted = false;
  private round: Promise<void> | undefined;
  /** What was due at this moment has been taken. In milliseconds since the epoch. */
  private lookedAt = 0;

  constructor(
    private readonly queue: CronQueue,
    private readonly firer: CronFirer,
    private readonly signals: CronSignals,
    private readonly role: ProcessRole,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.role.executes) return;
    this.accepting = true;
    this.unsubscribe = this.signals.subscribe((at) => this.alarm.set(at));
    this.wake();
  }

  /** Takes nothing more, and ends when all that was taken has fired. */
  async beforeApplicationShutdown(): Promise<void> {
    this.accepting = false;
    this.unsubscribe?.();
    await this.round;
    this.alarm.clear();
  }

  private wake(): void {
    this.wanted = true;
    this.round ??= this.fireWhileWanted();
  }

  private async fireWhileWanted(): Promise<void> {
    while (this.wanted) {
      this.wanted = false;
      const latest = Date.now() + LONGEST_SLEEP_MS;
      const next = await this.fireDue();
      if (this.accepting) this.alarm.set(Math.min(next ?? latest, latest));
    }
    this.round = undefined;
  }

  /** @returns when the next occurrence is due, if there is one */
  private async fireDue(): Promise<number | undefined> {
    try {
      const due = this.dueCrons();
      await Promise.all(Array.from({ length: LANES }, () => this.fireEach(due)));
      return await this.queue.nextDue(this.lookedAt);
    } catch (error) {
      this.logger.error(`Crons cannot be read: ${error instanceof Error ? error.name : typeof error}`);
      return undefined;
    }
  }

  /** One iterator for all lanes: each takes the next cron when it is done with its last one. */
  private async *dueCrons(): AsyncGenerator<Cron> {
    while (this.accepting) {
      this.lookedAt = Date.now();
      const claimed = await this.queue.claim(this.lookedAt);
      if (claimed.length === 0) return;
      yield* claimed;
    }
  }

  private async fireEach(crons: AsyncIterable<Cron>): Promise<void> {
    for await (const cron of crons) await this.firer.fire(cron);
  }
}
