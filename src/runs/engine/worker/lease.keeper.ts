import { Logger } from '@nestjs/common';
import type { RunQueue } from '../queue/run.queue.js';
import type { RunWorker } from './run.worker.js';

/** Signs of life in the time of one lease. */
const BEATS = 3;

/**
 * Gives signs of life for the runs of a worker, hears at the same time whether one of them is to be cancelled or was lost, and
 * puts back the runs of workers that have gone silent.
 */
export class LeaseKeeper {
  private readonly logger = new Logger(LeaseKeeper.name);
  private timer: NodeJS.Timeout | undefined;
  private renewedAt = Date.now();

  constructor(
    private readonly queue: RunQueue,
    private readonly leaseMs: number,
    private readonly worker: RunWorker,
  ) {}

  start(): void {
    this.timer = setTimeout(() => void this.beat(), this.leaseMs / BEATS).unref();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private async beat(): Promise<void> {
    try {
      await this.renew();
      const count = await this.queue.takeBackExpired();
      if (count > 0) this.logger.warn(`Took back ${count} runs of workers that went silent`);
    } catch (error) {
      this.logger.error(`A heartbeat failed: ${error instanceof Error ? error.name : typeof error}`);
      this.giveUpExpired();
    }
    this.worker.wake();
    if (this.timer) this.start();
  }

  /** Own leases first, so that a process that was blocked for a while does not take back its own runs. */
  private async renew(): Promise<void> {
    const tasks = this.worker.tasks;
    const startedAt = Date.now();
    if (tasks.length > 0) {
      const leases = new Map(
        (await this.queue.renew(tasks.map(({ run }) => run.run_id))).map((lease) => [lease.run_id, lease]),
      );
      for (const task of tasks) {
        const lease = leases.get(task.run.run_id);
        if (lease?.attempt !== task.run.attempt) task.stop({ kind: 'lost' });
        else if (lease.cancel_action) task.stop({ kind: 'cancel', action: lease.cancel_action });
      }
    }
    this.renewedAt = startedAt;
  }

  /** Without a sign of life that was heard, others may have the runs by now. */
  private giveUpExpired(): void {
    if (Date.now() - this.renewedAt < this.leaseMs) return;
    for (const task of this.worker.tasks) task.stop({ kind: 'lost' });
  }
}
