import { Inject, Injectable, Logger } from '@nestjs/common';
import type { RunTask } from '../execution/run.task.js';
import { LiveRuns } from '../live.runs.js';
import { OnDemandWork } from '../on-demand.work.js';
import { RunQueue, type RenewedLease } from '../queue/run.queue.js';
import { EventRelays } from '../relay/event.relays.js';
import { RUN_ENGINE_OPTIONS, type RunEngineOptions } from '../run-engine.options.js';
import { RunWorker } from './run.worker.js';

/**
 * Gives signs of life for the runs of a worker, and hears at the same time what the table says of them: whether one is to be
 * cancelled or was lost, and whether somebody follows it elsewhere.
 */
@Injectable()
export class LeaseKeeper {
  private readonly logger = new Logger(LeaseKeeper.name);
  private readonly work = new OnDemandWork(() => this.renewOrGiveUp());

  constructor(
    private readonly queue: RunQueue,
    private readonly worker: RunWorker,
    private readonly relays: EventRelays,
    private readonly liveRuns: LiveRuns,
    @Inject(RUN_ENGINE_OPTIONS) private readonly options: RunEngineOptions,
  ) {}

  /** Never rejects. */
  keep(): Promise<void> {
    return this.work.ask();
  }

  private async renewOrGiveUp(): Promise<void> {
    try {
      await this.renew();
    } catch (error) {
      this.logger.error(`A heartbeat failed: ${error instanceof Error ? error.name : typeof error}`);
      this.giveUpExpired();
    }
  }

  private async renew(): Promise<void> {
    const { tasks } = this.worker;
    if (tasks.length === 0) return;
    const heldUntil = performance.now() + this.options.leaseMs;
    const renewed = await this.queue.renew(tasks.map(({ run }) => run.run_id));
    const leases = new Map(renewed.map((lease) => [lease.run_id, lease]));
    for (const task of tasks) this.hear(task, leases.get(task.run.run_id), heldUntil);
  }

  private hear(task: RunTask, lease: RenewedLease | undefined, heldUntil: number): void {
    if (lease?.attempt !== task.run.attempt) {
      task.stop({ kind: 'lost' });
      return;
    }
    task.renewed(heldUntil);
    if (lease.cancel_action) task.stop({ kind: 'cancel', action: lease.cancel_action });
    const live = this.liveRuns.get(lease.run_id);
    if (live && this.worker.isExecuting(lease.run_id)) this.relays.begin(task, live, lease);
  }

  /** Without a sign of life that was heard, others may have the runs by now. */
  private giveUpExpired(): void {
    for (const task of this.worker.tasks) if (!task.isHeld) task.stop({ kind: 'lost' });
  }
}
