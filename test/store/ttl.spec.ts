import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { StoreExpiry } from '../../src/graphs/store/store.expiry.js';
import { StoreItem } from '../../src/graphs/store/store-item.entity.js';
import type { StoreTtl } from '../../src/graphs/store.settings.js';
import { runAsSystem } from '../../src/on-auth/authorization.context.js';
import { rowOf } from '../../src/persistence/row.js';
import type { ScopedDataSource } from '../../src/persistence/scoped-data-source.js';
import { ProcessRole } from '../../src/configuration/process.role.js';
import { StoreSweeper } from '../../src/store/store.sweeper.js';
import { openStoreDatabase, storeItemsOn, withStore } from '../graphs/support/store.database.js';
import { databases, type TestDatabase } from '../support/databases.js';

const MINUTE = 60_000;
const PAGE = { limit: 10, offset: 0 };

describe.each(databases)('the time to live of store items on $dialect', ({ create }) => {
  let database: TestDatabase;
  let dataSource: ScopedDataSource;

  beforeAll(async () => {
    database = await create();
    dataSource = await openStoreDatabase(database.url);
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });
  afterEach(() =>
    runAsSystem('clean up after a test', () =>
      dataSource.createQueryBuilder().delete().from(StoreItem).execute(),
    ),
  );

  const open = (ttl?: StoreTtl) => storeItemsOn(dataSource, { ttl });
  const minutesLeft = async (key: string): Promise<number | null> => {
    const item = await runAsSystem('look', () =>
      dataSource.getRepository(StoreItem).findOneByOrFail({ key }),
    );
    return item.expires_at && Math.round((item.expires_at.getTime() - Date.now()) / MINUTE);
  };
  /** As if so many minutes had passed since. */
  const age = (minutes: number): Promise<unknown> =>
    runAsSystem('let time pass', () =>
      dataSource
        .createQueryBuilder()
        .update(StoreItem)
        .set({ expires_at: () => `"expires_at" - ${minutes * MINUTE}` })
        .execute(),
    );

  it('is what is asked for, then what is configured, then for ever', async () => {
    const items = await open({ defaultTtl: 30 });
    const plain = await open();
    await withStore(async () => {
      await items.put(['a'], 'asked', {}, { ttl: 5 });
      await items.put(['a'], 'configured', {});
      await items.put(['a'], 'never', {}, { ttl: null });
      await plain.put(['a'], 'plain', {});
    });
    const left = await Promise.all(['asked', 'configured', 'never', 'plain'].map(minutesLeft));
    expect(left).toEqual([5, 30, null, null]);
  });

  it.each([0, -1, Number.NaN, 1e12])('cannot be %d minutes', async (ttl) => {
    const items = await open();
    await expect(withStore(() => items.put(['a'], 'k', {}, { ttl }))).rejects.toThrow('ttl must be');
  });

  const readers: [string, StoreTtl | undefined, boolean | undefined, number][] = [
    ['begins anew', undefined, undefined, 10],
    ['begins anew where that is asked for', { refreshOnRead: false }, true, 10],
    ['goes on where that is asked for', undefined, false, 4],
    ['goes on where that is configured', { refreshOnRead: false }, undefined, 4],
  ];
  it.each(readers)('%s when an item is read', async (_, ttl, refreshTtl, expected) => {
    const items = await open(ttl);
    await withStore(() => items.put(['a'], 'got', {}, { ttl: 10 }));
    await withStore(() => items.put(['b'], 'found', {}, { ttl: 10 }));
    await withStore(() => items.put(['c'], 'left', {}, { ttl: 10 }));
    await age(6);
    await withStore(() => items.get(['a'], 'got', { refreshTtl }));
    await withStore(() => items.search({ namespace: ['b'], refreshTtl, ...PAGE }));
    expect(await Promise.all(['got', 'found', 'left'].map(minutesLeft))).toEqual([expected, expected, 4]);
  });

  it('begins anew for the page that was found, not for the rest', async () => {
    const items = await open();
    for (const key of ['one', 'two', 'three'])
      await withStore(() => items.put(['a'], key, { key }, { ttl: 10 }));
    await age(6);
    const { rows } = await withStore(() => items.search({ namespace: ['a'], limit: 2, offset: 0 }));
    const found = rows.map(({ key }) => key);
    for (const key of ['one', 'two', 'three'])
      expect(await minutesLeft(key)).toBe(found.includes(key) ? 10 : 4);
  });

  it('begins anew for nothing that is out of reach, and for nothing whose time is over', async () => {
    const items = await open();
    await withStore(() => items.put(['bob'], 'his', { owner: 'bob' }, { ttl: 10 }));
    await age(6);
    await withStore(() => items.get(['bob'], 'his'), { owner: 'alice' });
    expect(await minutesLeft('his')).toBe(4);
    await age(6);
    expect(await withStore(() => items.get(['bob'], 'his'))).toBeNull();
    expect(await minutesLeft('his')).toBe(-2);
  });

  describe('that is over', () => {
    const sweeperWith = (ttl?: StoreTtl) =>
      new StoreSweeper(new StoreExpiry(dataSource, { ttl }), new ProcessRole('all'), { ttl });

    it('ends in the database when it is swept, everybody’s, however many there are', async () => {
      const now = Date.now();
      const rows = Array.from({ length: 2_300 }, (_, index) =>
        rowOf<StoreItem>({
          namespace: `user${index % 7}.`,
          key: String(index),
          depth: 1,
          document: {},
          covered: {},
          created_at: new Date(now),
          updated_at: new Date(now),
          index_paths: null,
          ttl_minutes: 1,
          expires_at: new Date(index < 2_200 ? now - MINUTE : now + MINUTE),
        }),
      );
      await runAsSystem('seed', async () => {
        for (let from = 0; from < rows.length; from += 100)
          await dataSource.getRepository(StoreItem).insert(rows.slice(from, from + 100));
      });
      expect(await sweeperWith().sweep(new Date(now))).toBe(2_200);
      expect(await sweeperWith().sweep(new Date(now))).toBe(0);
      expect(await runAsSystem('count', () => dataSource.getRepository(StoreItem).count())).toBe(100);
    });

    it('is swept by itself only where an interval is configured', async () => {
      const items = await open();
      await withStore(() => items.put(['a'], 'k', {}, { ttl: 10 }));
      await age(20);
      const count = () => runAsSystem('count', () => dataSource.getRepository(StoreItem).count());
      const idle = sweeperWith({ defaultTtl: 5 });
      const busy = sweeperWith({ sweepInterval: 1 / 6_000 });
      idle.onApplicationBootstrap();
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(await count()).toBe(1);
      busy.onApplicationBootstrap();
      for (let waited = 0; (await count()) > 0 && waited < 200; waited += 1)
        await new Promise((resolve) => setTimeout(resolve, 25));
      for (const sweeper of [idle, busy]) sweeper.onApplicationShutdown();
      expect(await count()).toBe(0);
    });
  });
});
