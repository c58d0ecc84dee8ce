import { Inject, Injectable, Logger } from '@nestjs/common';
import type { RunTask } from '../execution/run.task.js';
import { RUN_ENGINE_OPTIONS, type RunEngineOptions } from '../run-engine.options.js';
import { RunQueue, type RenewedLease } from '../queue/run.queue.js';
import { DistantRunsWatcher } from './distant-runs.watcher.js';
import { RunWorker } from './run.worker.js';

/** Signs of life in the time of one lease. */
const BEATS = 3;

/**
 * Gives signs of life for the runs of a worker, hears at the same time whether one of them is to be cancelled or was lost, and
 * puts back the runs of workers that have gone silent.
 */
@Injectable()
export class LeaseKeeper {
  private readonly leaseMs: number;
  private readonly logger = new Logger(LeaseKeeper.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly queue: RunQueue,
    private readonly worker: RunWorker,
    private readonly watcher: DistantRunsWatcher,
    @Inject(RUN_ENGINE_OPTIONS) { leaseMs }: RunEngineOptions,
  ) {
    this.leaseMs = leaseMs;
  }

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
      await this.watcher.look();
    } catch (error) {
      this.logger.error(`A heartbeat failed: ${error instanceof Error ? error.name : typeof error}`);
      this.giveUpExpired();
    }
    this.worker.wake();
    if (this.timer) this.start();
  }

  /** Own leases first, so that a process that was blocked for a while does not take back its own runs. */
  private async renew(): Promise<void> {
    const { tasks } = this.worker;
    if (tasks.length === 0) return;
    const heldUntil = performance.now() + this.leaseMs;
    const renewed = await this.queue.renew(tasks.map(({ run }) => run.run_id));
    const leases = new Map(renewed.map((lease) => [lease.run_id, lease]));
    for (const task of tasks) hear(task, leases.get(task.run.run_id), heldUntil);
  }

  /** Without a sign of life that was heard, others may have the runs by now. */
  private giveUpExpired(): void {
    for (const task of this.worker.tasks) if (!task.isHeld) task.stop({ kind: 'lost' });
  }
}

function hear(task: RunTask, lease: RenewedLease | undefined, heldUntil: number): void {
  if (lease?.attempt !== task.run.attempt) {
    task.stop({ kind: 'lost' });
    return;
  }
  task.renewed(heldUntil);
  if (lease.cancel_action) task.stop({ kind: 'cancel', action: lease.cancel_action });
}
