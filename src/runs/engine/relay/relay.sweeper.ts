import { Inject, Injectable, Logger } from '@nestjs/common';
import { RUN_ENGINE_OPTIONS, type RunEngineOptions } from '../run-engine.options.js';
import { RelayStore } from './relay.store.js';

const SWEEP_MS = 30_000;
/** How long those who follow a run elsewhere have to read how it ended, and what it said last. */
const KEPT_MS = 120_000;
/** Events that are this old, of a run that is gone without an end: their process was killed, and then the run was deleted. */
const ORPHANED_MS = 3_600_000;
/** Runs that one statement forgets. */
const LIMIT = 500;

/** Forgets what processes have told each other about runs, once they had time to read it. Every process that executes runs may. */
@Injectable()
export class RelaySweeper {
  private readonly logger = new Logger(RelaySweeper.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: RelayStore,
    @Inject(RUN_ENGINE_OPTIONS) private readonly options: RunEngineOptions,
  ) {}

  start(): void {
    if (this.options.concurrency === 0) return;
    const sweep = (): void => {
      this.sweep(Date.now()).catch((error: unknown) =>
        this.logger.warn(
          `Ended runs are not forgotten: ${error instanceof Error ? error.name : typeof error}`,
        ),
      );
    };
    this.timer = setInterval(sweep, SWEEP_MS).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Forgets what could be read long enough at this moment. */
  async sweep(now: number): Promise<void> {
    let forgotten: number;
    do forgotten = await this.store.forget(now - KEPT_MS, now - ORPHANED_MS, LIMIT);
    while (forgotten === LIMIT);
  }
}
