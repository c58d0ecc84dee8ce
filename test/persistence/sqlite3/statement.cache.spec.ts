import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import sqlite3 from 'sqlite3';
import { StatementCache } from '../../../src/persistence/sqlite3/statement.cache.js';

const rowsOf = (statement: sqlite3.Statement, ...values: unknown[]) =>
  new Promise((resolve, reject) => {
    statement.all(values, (error: Error | null, rows: unknown[]) => (error ? reject(error) : resolve(rows)));
  });

describe('the statement cache', () => {
  let database: sqlite3.Database;
  let cache: StatementCache;

  beforeEach(() => {
    database = new sqlite3.Database(':memory:');
    cache = new StatementCache(database, 2);
  });

  afterEach(async () => {
    cache.clear();
    await new Promise<void>((resolve, reject) =>
      database.close((error) => (error ? reject(error) : resolve())),
    );
  });

  const use = async (sql: string) => {
    const statement = await cache.take(sql);
    cache.giveBack(sql, statement);
    return statement;
  };

  it('prepares a text once and hands the same statement over again', async () => {
    expect(await use('SELECT 1')).toBe(await use('SELECT 1'));
  });

  it('never hands a statement in use to a second caller', async () => {
    const first = await cache.take('SELECT ? AS v');
    const second = await cache.take('SELECT ? AS v');
    expect(second).not.toBe(first);
    const answers = await Promise.all([rowsOf(first, 1), rowsOf(second, 2)]);
    expect(answers).toEqual([[{ v: 1 }], [{ v: 2 }]]);
    cache.giveBack('SELECT ? AS v', first);
    cache.giveBack('SELECT ? AS v', second);
    expect(await use('SELECT ? AS v')).toBe(first);
  });

  it('never finalizes a statement in use, however many others come and go', async () => {
    const held = await cache.take('SELECT 0 AS v');
    for (let i = 1; i <= 20; i++) await use(`SELECT ${i}`);
    await expect(rowsOf(held)).resolves.toEqual([{ v: 0 }]);
    cache.giveBack('SELECT 0 AS v', held);
  });

  it('finalizes the least recently used one when it is full', async () => {
    const first = await use('SELECT 1');
    const second = await use('SELECT 2');
    await use('SELECT 1');
    await use('SELECT 3');
    expect(await use('SELECT 1')).toBe(first);
    await expect(rowsOf(second)).rejects.toThrow('finalized');
  });

  it('keeps nothing when its size is 0', async () => {
    cache = new StatementCache(database, 0);
    await expect(rowsOf(await use('SELECT 1'))).rejects.toThrow('finalized');
  });

  it('keeps no text that is too long to come again', async () => {
    const long = `SELECT '${'x'.repeat(20_000)}'`;
    await expect(rowsOf(await use(long))).rejects.toThrow('finalized');
  });

  it('says what is wrong with a text that SQLite cannot prepare', async () => {
    await expect(cache.take('SELEC 1')).rejects.toMatchObject({ name: 'Sqlite3Error', code: 'SQLITE_ERROR' });
  });
});
