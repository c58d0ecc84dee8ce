import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DatabaseClosedError } from '../../../src/persistence/sqlite3/sqlite3.errors.js';
import { Item } from './item.entity.js';
import { Signal } from './signal.js';
import { SqliteDataSource } from './sqlite.data-source.js';
import { TemporaryDirectory } from './temporary.directory.js';

const item = (id: string) => ({ id, label: id });

describe('closing the database', () => {
  let directory: TemporaryDirectory;
  let path: string;
  let dataSource: SqliteDataSource;

  beforeEach(async () => {
    directory = await TemporaryDirectory.create();
    path = directory.file('items.db');
    dataSource = await SqliteDataSource.withItems(path, { lockTimeoutMs: 300 });
  });

  afterEach(() => directory.remove());

  async function idsAfterReopening(): Promise<string[]> {
    const reopened = await SqliteDataSource.withItems(path);
    const ids = await reopened.ids();
    await reopened.destroy();
    return ids;
  }

  it('waits for the queries it has accepted, and refuses those that come later', async () => {
    const reads = Array.from({ length: 30 }, () => dataSource.query('SELECT count(*) FROM item'));
    const writes = Array.from({ length: 30 }, (_, n) =>
      dataSource.query('INSERT INTO item (id, label) VALUES (?, ?)', [String(n), '']),
    );
    const closed = dataSource.destroy();
    await expect(dataSource.query('SELECT 1')).rejects.toThrow(DatabaseClosedError);
    await expect(dataSource.transaction(() => Promise.resolve())).rejects.toThrow(DatabaseClosedError);
    await Promise.all([...reads, ...writes]);
    await closed;
    expect(await idsAfterReopening()).toHaveLength(30);
  });

  it('waits for an open transaction to commit', async () => {
    const open = new Signal();
    const mayEnd = new Signal();
    const outcome = dataSource.transaction(async (manager) => {
      await manager.insert(Item, item('a'));
      open.give();
      await mayEnd.given;
      await manager.insert(Item, item('b'));
    });
    await open.given;
    const closed = dataSource.destroy();
    mayEnd.give();
    await outcome;
    await closed;
    expect(await idsAfterReopening()).toEqual(['a', 'b']);
  });

  it('rolls back a transaction that does not end in time, and tells it so', async () => {
    const runner = dataSource.createQueryRunner();
    await runner.startTransaction();
    await runner.query(`INSERT INTO item (id, label) VALUES ('stuck', '')`);
    await dataSource.destroy();
    await expect(runner.query('SELECT 1')).rejects.toThrow(DatabaseClosedError);
    await expect(runner.commitTransaction()).rejects.toThrow();
    await runner.release();
    expect(await idsAfterReopening()).toEqual([]);
  });

  it('writes the log back into the file, however many statements are cached', async () => {
    for (let n = 0; n < 100; n++) await dataSource.query(`SELECT ${n} FROM item`);
    await dataSource.manager.insert(Item, item('a'));
    expect(existsSync(`${path}-wal`)).toBe(true);
    await dataSource.destroy();
    expect([existsSync(path), existsSync(`${path}-wal`), existsSync(`${path}-shm`)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(await idsAfterReopening()).toEqual(['a']);
  });

  it('leaves a data source that can be opened again', async () => {
    await dataSource.manager.insert(Item, item('a'));
    await dataSource.destroy();
    await dataSource.initialize();
    expect(await dataSource.ids()).toEqual(['a']);
    await dataSource.destroy();
  });

  it('happens once, also when two callers ask for it at the same time', async () => {
    await Promise.all([dataSource.destroy(), dataSource.destroy()]);
    await expect(dataSource.destroy()).rejects.toThrow('not yet established');
  });
});
