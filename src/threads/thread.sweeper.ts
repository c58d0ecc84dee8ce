import {
  Injectable,
  Logger,
  NotFoundException,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { LessThanOrEqual, type Repository } from 'typeorm';
import { ProcessRole } from '../configuration/process.role.js';
import { runAsSystem } from '../on-auth/index.js';
import { rowOf } from '../persistence/row.js';
import { expiry } from './thread.factory.js';
import { Thread } from './thread.entity.js';
import { ThreadPruner } from './thread.pruner.js';

const SWEEP_INTERVAL_MS = 5 * 60_000;
const SWEEP_LIMIT = 1000;

/**
 * Prunes threads whose time to live is over (contract 3.10): `delete` ends them, `keep_latest` thins out their past, and does so
 * again after the same time. Every process may sweep: what one has pruned the others no longer find.
 */
@Injectable()
export class ThreadSweeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(ThreadSweeper.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @InjectRepository(Thread) private readonly threads: Repository<Thread>,
    private readonly pruner: ThreadPruner,
    private readonly role: ProcessRole,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.role.executes) return;
    const sweep = (): void => {
      this.sweep(new Date()).catch((error: unknown) => this.logger.error(error));
    };
    this.timer = setInterval(sweep, SWEEP_INTERVAL_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Prunes what had expired at a moment. How many threads that were. */
  sweep(now: Date): Promise<number> {
    return runAsSystem('prune threads whose time to live is over', async () => {
      const expired = await this.threads.find({
        where: { expires_at: LessThanOrEqual(now) },
        order: { expires_at: 'ASC' },
        take: SWEEP_LIMIT,
      });
      for (const thread of expired) await this.prune(thread, now).catch(ignoreMissing);
      return expired.length;
    });
  }

  private async prune({ thread_id, ttl_strategy, ttl_minutes }: Thread, now: Date): Promise<void> {
    const strategy = ttl_strategy ?? 'delete';
    await this.pruner.pruneOne(thread_id, strategy);
    if (strategy === 'delete' || ttl_minutes === null) return;
    const next = expiry({ strategy, ttl: ttl_minutes }, now);
    await this.threads.update({ thread_id }, rowOf<Thread>(next));
  }
}

/** Another process sweeps as well, and was first. */
function ignoreMissing(error: unknown): void {
  if (!(error instanceof NotFoundException)) throw error;
}
