import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { ProcessRole } from '../configuration/process.role.js';
import { StoreExpiry } from '../graphs/store/store.expiry.js';
import { STORE_SETTINGS, type StoreSettings } from '../graphs/store.settings.js';

const MS_PER_MINUTE = 60_000;
const SWEEP_LIMIT = 1000;

/**
 * Removes items whose time is over, where an interval is configured (contract 3.10). Nobody finds them before that either. Every
 * process may sweep: what one has removed the others no longer find.
 */
@Injectable()
export class StoreSweeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(StoreSweeper.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly expiry: StoreExpiry,
    private readonly role: ProcessRole,
    @Inject(STORE_SETTINGS) private readonly settings: StoreSettings,
  ) {}

  onApplicationBootstrap(): void {
    const minutes = this.settings.ttl?.sweepInterval;
    if (minutes === undefined || !this.role.executes) return;
    const sweep = (): void => {
      this.sweep(new Date()).catch((error: unknown) => this.logger.error(error));
    };
    this.timer = setInterval(sweep, minutes * MS_PER_MINUTE).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Removes all that had expired at a moment, some at a time. How many items that were. */
  async sweep(now: Date): Promise<number> {
    let removed = 0;
    for (let count = SWEEP_LIMIT; count === SWEEP_LIMIT; removed += count)
      count = await this.expiry.removeExpired(now, SWEEP_LIMIT);
    return removed;
  }
}
