import { stat } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { bindStatement } from '../../../src/persistence/sqlite3/bound.statement.js';
import { Sqlite3Connection } from '../../../src/persistence/sqlite3/sqlite3.connection.js';
import { TemporaryDirectory } from './temporary.directory.js';

/** Some tens of milliseconds of work for SQLite. */
const SLOW =
  'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) SELECT max(i) AS i FROM n';

const execute = (connection: Sqlite3Connection, sql: string, ...values: unknown[]) =>
  connection.execute(bindStatement(sql, values));

describe('a connection', () => {
  let directory: TemporaryDirectory;
  let path: string;
  let writer: Sqlite3Connection;

  beforeEach(async () => {
    directory = await TemporaryDirectory.create();
    path = directory.file('numbers.db');
    writer = await Sqlite3Connection.open(path, 'writer', 2);
    await execute(writer, 'CREATE TABLE t (a)');
  });

  afterEach(async () => {
    await writer.close();
    await directory.remove();
  });

  it('serves its calls one after the other, in order', async () => {
    const order: number[] = [];
    const calls = Array.from({ length: 20 }, (_, n) =>
      execute(writer, n % 5 ? `SELECT ${n}` : SLOW).then(() => order.push(n)),
    );
    expect(writer.load).toBe(20);
    await Promise.all(calls);
    expect(order).toEqual(Array.from({ length: 20 }, (_, n) => n));
    expect(writer.load).toBe(0);
  });

  it('takes no thread for calls that wait: the file system answers before they have ended', async () => {
    let ended = 0;
    const calls = Array.from({ length: 8 }, () => execute(writer, SLOW).then(() => ended++));
    await stat(path);
    expect(ended).toBeLessThan(4);
    await Promise.all(calls);
  });

  it('leaves the main thread free while SQLite works', async () => {
    const state = { working: true };
    const calls = Array.from({ length: 4 }, (_, n) => execute(writer, `${SLOW} LIMIT ${n + 1}`));
    const done = Promise.all(calls).then(() => (state.working = false));
    let turns = 0;
    while (state.working) {
      await setImmediate();
      turns++;
    }
    await done;
    expect(turns).toBeGreaterThan(100);
  });

  it('gives one statement its own values, however many calls share its text', async () => {
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, n) => execute(writer, 'SELECT ? AS n', n)),
    );
    expect(results.map(({ rows }) => rows[0]?.n)).toEqual(Array.from({ length: 50 }, (_, n) => n));
  });

  it('holds no snapshot and no lock once a call is over, so that another connection can empty the log', async () => {
    await execute(writer, 'PRAGMA journal_mode = WAL');
    const reader = await Sqlite3Connection.open(path, 'reader', 2);
    await execute(writer, 'INSERT INTO t VALUES (1), (2), (3)');
    await execute(reader, 'SELECT a FROM t');
    await execute(writer, 'INSERT INTO t VALUES (4) RETURNING a');
    const { rows } = await execute(writer, 'PRAGMA wal_checkpoint(TRUNCATE)');
    expect(rows).toEqual([{ busy: 0, log: 0, checkpointed: 0 }]);
    await reader.close();
  });

  it('that reads cannot write', async () => {
    const reader = await Sqlite3Connection.open(path, 'reader', 2);
    await expect(execute(reader, 'INSERT INTO t VALUES (1)')).rejects.toMatchObject({
      code: 'SQLITE_READONLY',
    });
    await expect(execute(reader, 'DROP TABLE t')).rejects.toMatchObject({ code: 'SQLITE_READONLY' });
    await reader.close();
  });

  it('can be closed twice', async () => {
    await writer.close();
    await expect(writer.close()).resolves.toBeUndefined();
  });
});
