import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { LiveRuns } from '../live.runs.js';
import { RunQueue } from '../queue/run.queue.js';
import { RunSuspendedError } from '../run.errors.js';
import { RunSignals, type RunSignal } from '../run.signals.js';
import { LeaseKeeper } from './lease.keeper.js';
import { RunWorker } from './run.worker.js';

/** Starts the worker with the application, and stops it before the server lets go of its connections. */
@Injectable()
export class RunWorkerLifecycle implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(RunWorkerLifecycle.name);
  private unsubscribe: (() => void) | undefined;

  constructor(
    private readonly worker: RunWorker,
    private readonly queue: RunQueue,
    private readonly liveRuns: LiveRuns,
    private readonly signals: RunSignals,
    private readonly keeper: LeaseKeeper,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const count = await this.queue.takeBackOrphans();
    if (count > 0) this.logger.warn(`Continuing ${count} runs that another process has left`);
    this.unsubscribe = this.signals.subscribe((signal) => this.hear(signal));
    this.keeper.start();
    this.worker.open();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.worker.close();
    this.keeper.stop();
    this.unsubscribe?.();
    this.liveRuns.suspendAll(new RunSuspendedError());
  }

  private hear(signal: RunSignal): void {
    if (signal.kind === 'queued') this.worker.wake(signal.at);
    if (signal.kind === 'cancelled') this.worker.cancel(signal.runId, signal.action);
  }
}
