import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { runAsSystem } from '../../on-auth/authorization.context.js';
import { whereOneOf } from './address.query.js';
import { InvalidStoreItemError } from './store.errors.js';
import { StoreItem } from './store-item.entity.js';
import { MAX_TTL_MINUTES, STORE_SETTINGS, type StoreSettings } from '../store.settings.js';

const MS_PER_MINUTE = 60_000;

/** How long items live: from when they are put, and anew from when they are read (contract 3.10). */
@Injectable()
export class StoreExpiry {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(STORE_SETTINGS) private readonly settings: StoreSettings,
  ) {}

  /**
   * @param ttl in minutes; null for ever, undefined as configured
   * @throws InvalidStoreItemError
   */
  of(ttl: number | null | undefined, now: Date): Pick<StoreItem, 'ttl_minutes' | 'expires_at'> {
    const minutes = ttl === undefined ? (this.settings.ttl?.defaultTtl ?? null) : ttl;
    if (minutes === null) return { ttl_minutes: null, expires_at: null };
    if (!(minutes > 0 && minutes <= MAX_TTL_MINUTES))
      throw new InvalidStoreItemError(`ttl must be more than 0 and at most ${MAX_TTL_MINUTES} minutes`);
    return { ttl_minutes: minutes, expires_at: new Date(now.getTime() + Math.ceil(minutes * MS_PER_MINUTE)) };
  }

  /** Begins the life of items anew that were read, as the reader wants, or as configured. What has expired since stays so. */
  async refresh(items: readonly StoreItem[], wanted?: boolean): Promise<void> {
    const mortal = items.filter(({ expires_at }) => expires_at !== null);
    if (mortal.length === 0 || !(wanted ?? this.settings.ttl?.refreshOnRead ?? true)) return;
    const now = Date.now();
    const update = this.dataSource.manager
      .createQueryBuilder()
      .update(StoreItem)
      .set({ expires_at: () => `CAST(${now} + "ttl_minutes" * ${MS_PER_MINUTE} AS bigint)` })
      .where(`"expires_at" > ${now}`);
    await whereOneOf(update, mortal).execute();
  }

  /**
   * Removes items of anybody's that had expired at a moment. How many that were.
   *
   * @param most that are removed at once
   */
  removeExpired(now: Date, most: number): Promise<number> {
    return runAsSystem('remove expired items of the store', async () => {
      const expired = await this.dataSource.manager
        .createQueryBuilder(StoreItem, 'item')
        .where('item.expires_at <= :now', { now: now.getTime() })
        .orderBy('item.expires_at')
        .limit(most)
        .getMany();
      if (expired.length === 0) return 0;
      const removal = this.dataSource.manager.createQueryBuilder().delete().from(StoreItem);
      removal.where(`"expires_at" <= ${now.getTime()}`);
      await whereOneOf(removal, expired).execute();
      return expired.length;
    });
  }
}
