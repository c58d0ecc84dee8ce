import { Inject, Injectable, Logger } from '@nestjs/common';
import { RunQueue } from '../queue/run.queue.js';
import { RUN_ENGINE_OPTIONS, type RunEngineOptions } from '../run-engine.options.js';
import { LeaseKeeper } from './lease.keeper.js';
import { RunWorker } from './run.worker.js';
import { SignalReceiver } from './signal.receiver.js';

/** Signs of life in the time of one lease. */
const BEATS = 3;

/**
 * What a process does again and again, so that nothing depends on a signal: it gives its signs of life, puts back the runs of workers
 * that have gone silent, and looks at everything that somebody here waits for.
 */
@Injectable()
export class Heartbeat {
  private readonly logger = new Logger(Heartbeat.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly queue: RunQueue,
    private readonly worker: RunWorker,
    private readonly keeper: LeaseKeeper,
    private readonly receiver: SignalReceiver,
    @Inject(RUN_ENGINE_OPTIONS) private readonly options: RunEngineOptions,
  ) {}

  async start(): Promise<void> {
    if (this.executes) {
      const count = await this.queue.takeBackOrphans();
      if (count > 0) this.logger.warn(`Continuing ${count} runs that another process has left`);
    }
    this.schedule();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /**
   * Own leases first, so that a process that was blocked for a while does not take back its own runs. Never rejects, and waits for
   * nothing that may take long.
   */
  async beat(): Promise<void> {
    await this.keeper.keep();
    if (this.executes) await this.takeBack();
    this.receiver.lookAround();
    this.worker.wake();
  }

  private get executes(): boolean {
    return this.options.concurrency > 0;
  }

  private schedule(): void {
    this.timer = setTimeout(() => void this.beatAndGoOn(), this.options.leaseMs / BEATS).unref();
  }

  private async beatAndGoOn(): Promise<void> {
    await this.beat();
    if (this.timer) this.schedule();
  }

  private async takeBack(): Promise<void> {
    try {
      const count = await this.queue.takeBackExpired();
      if (count > 0) this.logger.warn(`Took back ${count} runs of workers that went silent`);
    } catch (error) {
      this.logger.error(
        `Silent workers cannot be seen: ${error instanceof Error ? error.name : typeof error}`,
      );
    }
  }
}
