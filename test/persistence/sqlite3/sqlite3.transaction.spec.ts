import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setImmediate } from 'node:timers/promises';
import { QueryFailedError } from 'typeorm';
import {
  TransactionEndedError,
  TransactionLostError,
  WriteLockTimeoutError,
} from '../../../src/persistence/sqlite3/sqlite3.errors.js';
import { Item } from './item.entity.js';
import { Signal } from './signal.js';
import { SqliteDataSource } from './sqlite.data-source.js';
import { TemporaryDirectory } from './temporary.directory.js';

const item = (id: string) => ({ id, label: id });

describe.each(['a file', ':memory:'])('transactions in %s', (place) => {
  let directory: TemporaryDirectory;
  let dataSource: SqliteDataSource;

  beforeEach(async () => {
    directory = await TemporaryDirectory.create();
    const path = place === ':memory:' ? place : directory.file('items.db');
    dataSource = await SqliteDataSource.withItems(path, { lockTimeoutMs: 300 });
  });

  afterEach(async () => {
    await dataSource.destroy();
    await directory.remove();
  });

  /** A transaction that has written `id` and then stands still until `end` is called. */
  async function openTransaction(id: string) {
    const written = new Signal();
    const mayEnd = new Signal();
    let failure: Error | undefined;
    const outcome = dataSource.transaction(async (manager) => {
      await manager.insert(Item, item(id));
      written.give();
      await mayEnd.given;
      if (failure) throw failure;
    });
    await written.given;
    const end = (error?: Error) => {
      failure = error;
      mayEnd.give();
      return outcome;
    };
    return { commit: () => end(), rollback: () => end(new Error('rolled back')) };
  }

  it('that roll back take nothing of another transaction with them', async () => {
    const failing = await openTransaction('a');
    const other = dataSource.transaction((manager) => manager.insert(Item, item('b')));
    await expect(failing.rollback()).rejects.toThrow('rolled back');
    await other;
    expect(await dataSource.ids()).toEqual(['b']);
  });

  it('that roll back take no acknowledged plain write with them', async () => {
    const failing = await openTransaction('a');
    const writes = [
      dataSource.manager.save(Item, item('saved')),
      dataSource.manager.insert(Item, item('inserted')),
      dataSource.query(`INSERT INTO item (id, label) VALUES ('raw', 'raw')`),
    ];
    await expect(failing.rollback()).rejects.toThrow('rolled back');
    await Promise.all(writes);
    expect(await dataSource.ids()).toEqual(['inserted', 'raw', 'saved']);
  });

  it('are served in the order in which they asked', async () => {
    const first = await openTransaction('first');
    const outcomes: Promise<unknown>[] = [];
    for (let n = 0; n < 10; n++) {
      const id = `then ${n}`;
      outcomes.push(
        n % 2
          ? dataSource.transaction((manager) => manager.insert(Item, item(id)))
          : dataSource.manager.insert(Item, item(id)),
      );
      await setImmediate();
    }
    await first.commit();
    await Promise.all(outcomes);
    const rows: { id: string }[] = await dataSource.query('SELECT id FROM item ORDER BY rowid');
    expect(rows.map(({ id }) => id)).toEqual(['first', ...Array.from({ length: 10 }, (_, n) => `then ${n}`)]);
  });

  it('nest, and an inner rollback undoes the inner part only', async () => {
    await dataSource.transaction(async (outer) => {
      await outer.insert(Item, item('outer'));
      await expect(
        outer.transaction(async (inner) => {
          await inner.insert(Item, item('inner'));
          throw new Error('inner failed');
        }),
      ).rejects.toThrow('inner failed');
      await outer.transaction((inner) => inner.insert(Item, item('second inner')));
    });
    expect(await dataSource.ids()).toEqual(['outer', 'second inner']);
  });

  it('go on after a statement failed that the caller has handled', async () => {
    await dataSource.transaction(async (manager) => {
      await manager.insert(Item, item('a'));
      await expect(manager.insert(Item, item('a'))).rejects.toThrow(QueryFailedError);
      await manager.insert(Item, item('b'));
    });
    expect(await dataSource.ids()).toEqual(['a', 'b']);
  });

  it('run the queries of one Promise.all in order', async () => {
    await dataSource.transaction((manager) =>
      Promise.all(
        Array.from({ length: 50 }, (_, n) => manager.insert(Item, item(String(n).padStart(2, '0')))),
      ),
    );
    expect(await dataSource.ids()).toHaveLength(50);
  });

  it('refuse a query that comes after their end instead of running it in the next caller’s transaction', async () => {
    const runner = dataSource.createQueryRunner();
    await runner.startTransaction();
    const rollback = runner.query('ROLLBACK');
    const straggler = runner.query(`INSERT INTO item (id, label) VALUES ('late', 'late')`);
    const next = dataSource.transaction((manager) => manager.insert(Item, item('next')));
    await rollback;
    await expect(straggler).rejects.toThrow(TransactionEndedError);
    await next;
    await runner.release();
    expect(await dataSource.ids()).toEqual(['next']);
  });

  it('refuse to go on when SQLite itself has rolled them back', async () => {
    await dataSource.query('CREATE TABLE once (id INTEGER PRIMARY KEY ON CONFLICT ROLLBACK)');
    await dataSource.query('INSERT INTO once VALUES (1)');
    const outcome = dataSource.transaction(async (manager) => {
      await manager.insert(Item, item('lost'));
      await expect(manager.query('INSERT INTO once VALUES (1)')).rejects.toThrow(QueryFailedError);
      await manager.insert(Item, item('on its own'));
    });
    await expect(outcome).rejects.toThrow(TransactionLostError);
    await dataSource.manager.insert(Item, item('later'));
    expect(await dataSource.ids()).toEqual(['later']);
  });

  it('do not commit what SQLite has rolled back, also when the caller swallows the error', async () => {
    await dataSource.query('CREATE TABLE once (id INTEGER PRIMARY KEY ON CONFLICT ROLLBACK)');
    await dataSource.query('INSERT INTO once VALUES (1)');
    const outcome = dataSource.transaction(async (manager) => {
      await manager.insert(Item, item('lost'));
      await manager.transaction((inner) => inner.query('INSERT INTO once VALUES (1)')).catch(() => undefined);
    });
    await expect(outcome).rejects.toThrow(TransactionLostError);
    expect(await dataSource.ids()).toEqual([]);
  });

  it('stay open when COMMIT fails, so that they can be rolled back', async () => {
    await dataSource.query('CREATE TABLE parent (id PRIMARY KEY)');
    await dataSource.query('CREATE TABLE child (p REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)');
    const outcome = dataSource.transaction(async (manager) => {
      await manager.insert(Item, item('a'));
      await manager.query('INSERT INTO child VALUES (1)');
    });
    await expect(outcome).rejects.toMatchObject({ driverError: { code: 'SQLITE_CONSTRAINT_FOREIGNKEY' } });
    expect(await dataSource.ids()).toEqual([]);
  });

  it('that were left open are rolled back when their runner is released', async () => {
    const runner = dataSource.createQueryRunner();
    await runner.startTransaction();
    await runner.query(`INSERT INTO item (id, label) VALUES ('abandoned', '')`);
    await runner.release();
    await expect(runner.query('SELECT 1')).rejects.toThrow('already released');
    await dataSource.manager.insert(Item, item('next'));
    expect(await dataSource.ids()).toEqual(['next']);
  });

  it('that got the lock only after their runner was released give it back', async () => {
    const open = await openTransaction('a');
    const runner = dataSource.createQueryRunner();
    const starting = runner.startTransaction();
    await setImmediate();
    await runner.release();
    await open.commit();
    await expect(starting).rejects.toThrow('already released');
    await dataSource.manager.insert(Item, item('b'));
    expect(await dataSource.ids()).toEqual(['a', 'b']);
  });

  it('cannot be ended where none is open', async () => {
    await expect(dataSource.query('COMMIT')).rejects.toThrow(TransactionEndedError);
    await expect(dataSource.query('SAVEPOINT a')).rejects.toThrow(TransactionEndedError);
  });

  it('answer a write that misses the open transaction with an error that names the cause and the cure', async () => {
    const outcome = dataSource.transaction(async (manager) => {
      await manager.insert(Item, item('a'));
      await dataSource.manager.insert(Item, item('outside'));
    });
    await expect(outcome).rejects.toThrow(WriteLockTimeoutError);
    await expect(outcome).rejects.toThrow(
      /not free within 300 ms.*a query inside a transaction that does not go through.*use the EntityManager/s,
    );
    expect(await dataSource.ids()).toEqual([]);
  });

  it('that do not get the lock in time leave nothing behind', async () => {
    const open = await openTransaction('a');
    await expect(dataSource.transaction((manager) => manager.insert(Item, item('b')))).rejects.toThrow(
      WriteLockTimeoutError,
    );
    await open.commit();
    await dataSource.transaction((manager) => manager.insert(Item, item('c')));
    expect(await dataSource.ids()).toEqual(['a', 'c']);
  });
});
