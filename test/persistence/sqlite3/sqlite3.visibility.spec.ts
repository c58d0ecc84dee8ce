import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Item } from './item.entity.js';
import { SqliteDataSource } from './sqlite.data-source.js';
import { TemporaryDirectory } from './temporary.directory.js';

const item = (id: string) => ({ id, label: id });

describe('what a reader sees', () => {
  let directory: TemporaryDirectory;
  let dataSource: SqliteDataSource;

  beforeEach(async () => {
    directory = await TemporaryDirectory.create();
    dataSource = await SqliteDataSource.withItems(directory.file('items.db'), {
      readers: 3,
      lockTimeoutMs: 500,
    });
  });

  afterEach(async () => {
    await dataSource.destroy();
    await directory.remove();
  });

  it('is every write that was acknowledged before, whichever connection serves it', async () => {
    const oneCaller = async (caller: number) => {
      for (let n = 0; n < 25; n++) {
        const id = `${caller}-${n}`;
        await dataSource.manager.insert(Item, item(id));
        expect(await dataSource.manager.existsBy(Item, { id })).toBe(true);
        await dataSource.manager.update(Item, { id }, { label: `new ${id}` });
        expect((await dataSource.manager.findOneByOrFail(Item, { id })).label).toBe(`new ${id}`);
        await dataSource.manager.delete(Item, { id });
        expect(await dataSource.manager.findOneBy(Item, { id })).toBeNull();
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, caller) => oneCaller(caller)));
  });

  it('is never a row that is not committed, and never half a transaction', async () => {
    let writing = true;
    const counts = new Set<number>();
    const readers = Array.from({ length: 4 }, async () => {
      while (writing) counts.add(await dataSource.manager.count(Item));
    });
    for (let round = 0; round < 20; round++) {
      const outcome = dataSource.transaction(async (manager) => {
        for (let n = 0; n < 10; n++) await manager.insert(Item, item(`${round}-${n}`));
        if (round % 2) throw new Error('rolled back');
      });
      await outcome.catch(() => undefined);
    }
    writing = false;
    await Promise.all(readers);
    expect([...counts].filter((count) => count % 10 !== 0)).toEqual([]);
    expect(await dataSource.manager.count(Item)).toBe(100);
  });

  it('does not wait for an open transaction', async () => {
    await dataSource.manager.insert(Item, item('before'));
    await dataSource.transaction(async (manager) => {
      await manager.insert(Item, item('inside'));
      expect(await dataSource.ids()).toEqual(['before']);
      expect(await manager.count(Item)).toBe(2);
    });
    expect(await dataSource.ids()).toEqual(['before', 'inside']);
  });
});

describe('what a reader of a database in memory sees', () => {
  it('is never the inside of somebody else’s open transaction', async () => {
    const dataSource = await SqliteDataSource.withItems(':memory:');
    let counted: Promise<number> | undefined;
    const outcome = dataSource.transaction(async (manager) => {
      await manager.insert(Item, item('a'));
      counted = dataSource.manager.count(Item);
      await new Promise((resolve) => setTimeout(resolve, 20));
      throw new Error('rolled back');
    });
    await expect(outcome).rejects.toThrow('rolled back');
    await expect(counted).resolves.toBe(0);
    await dataSource.destroy();
  });
});
