import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { bindStatement } from '../../../src/persistence/sqlite3/bound.statement.js';
import { openConnections } from '../../../src/persistence/sqlite3/connection.opener.js';
import type { ConnectionPool } from '../../../src/persistence/sqlite3/connection.pool.js';
import { resolveSqlite3Options } from '../../../src/persistence/sqlite3/sqlite3.options.js';
import { Item } from './item.entity.js';
import { SqliteDataSource } from './sqlite.data-source.js';
import { TemporaryDirectory } from './temporary.directory.js';

describe('the readers of a pool', () => {
  let directory: TemporaryDirectory;
  let pool: ConnectionPool;

  beforeEach(async () => {
    directory = await TemporaryDirectory.create();
    pool = await openConnections(directory.file('new/directory/items.db'), resolveSqlite3Options());
    await pool.execute(bindStatement('CREATE TABLE t (a)'));
  });

  afterEach(async () => {
    await pool.close();
    await directory.remove();
  });

  it.each(['INSERT INTO t VALUES (1)', 'CREATE TEMP TABLE u (a)', 'PRAGMA user_version = 7'])(
    'refuse what was taken for a read by mistake: %s',
    async (sql) => {
      await expect(pool.execute({ ...bindStatement(sql), kind: 'read' })).rejects.toMatchObject({
        code: 'SQLITE_READONLY',
      });
    },
  );
});

describe('two data sources on one file, as in two processes', () => {
  let directory: TemporaryDirectory;
  let one: SqliteDataSource;
  let two: SqliteDataSource;

  beforeEach(async () => {
    directory = await TemporaryDirectory.create();
    one = await SqliteDataSource.withItems(directory.file('items.db'), { busyTimeoutMs: 5_000 });
    two = await SqliteDataSource.withItems(directory.file('items.db'), { busyTimeoutMs: 50 });
  });

  afterEach(async () => {
    await Promise.all([one.destroy(), two.destroy()]);
    await directory.remove();
  });

  const insert = (dataSource: SqliteDataSource, id: string) =>
    dataSource.transaction(async (manager) => {
      await manager.find(Item);
      await manager.insert(Item, { id, label: '' });
    });

  it('wait for each other’s transactions', async () => {
    const patient = await SqliteDataSource.withItems(directory.file('items.db'), { busyTimeoutMs: 5_000 });
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => insert(n % 2 ? one : patient, String(n).padStart(2, '0'))),
    );
    await patient.destroy();
    expect(await two.ids()).toHaveLength(20);
  });

  it('fail with SQLITE_BUSY when the other one takes too long, and can begin again', async () => {
    const holder = one.createQueryRunner();
    await holder.startTransaction();
    const blocked = two.createQueryRunner();
    await expect(blocked.startTransaction()).rejects.toMatchObject({ driverError: { code: 'SQLITE_BUSY' } });
    expect(blocked.isTransactionActive).toBe(false);
    await holder.rollbackTransaction();
    await blocked.startTransaction();
    await blocked.manager.insert(Item, { id: 'a', label: '' });
    await blocked.commitTransaction();
    await Promise.all([holder.release(), blocked.release()]);
    expect(await one.ids()).toEqual(['a']);
  });
});
