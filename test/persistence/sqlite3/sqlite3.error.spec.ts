import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { QueryFailedError } from 'typeorm';
import {
  DatabaseClosedError,
  DatabaseOpenError,
  Sqlite3Error,
} from '../../../src/persistence/sqlite3/sqlite3.errors.js';
import { toSqlite3Error } from '../../../src/persistence/sqlite3/sqlite3.codes.js';
import { resolveSqlite3Options } from '../../../src/persistence/sqlite3/sqlite3.options.js';
import { Item } from './item.entity.js';
import { SqliteDataSource } from './sqlite.data-source.js';
import { TemporaryDirectory } from './temporary.directory.js';

const VIOLATIONS: readonly (readonly [string, string])[] = [
  ['SQLITE_CONSTRAINT_PRIMARYKEY', `INSERT INTO child (id, name) VALUES (1, 'other')`],
  ['SQLITE_CONSTRAINT_UNIQUE', `INSERT INTO child (id, name) VALUES (2, 'taken')`],
  ['SQLITE_CONSTRAINT_NOTNULL', `INSERT INTO child (id, name) VALUES (2, NULL)`],
  ['SQLITE_CONSTRAINT_CHECK', `INSERT INTO child (id, name) VALUES (2, '')`],
  ['SQLITE_CONSTRAINT_FOREIGNKEY', `INSERT INTO child (id, name, parent) VALUES (2, 'b', 7)`],
];

describe('a statement that SQLite refuses', () => {
  let dataSource: SqliteDataSource;

  beforeEach(async () => {
    dataSource = await SqliteDataSource.withItems(':memory:');
    await dataSource.query('CREATE TABLE parent (id INTEGER PRIMARY KEY)');
    await dataSource.query(
      `CREATE TABLE child (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE CHECK (name <> ''), parent REFERENCES parent)`,
    );
    await dataSource.query(`INSERT INTO child (id, name) VALUES (1, 'taken')`);
  });

  afterEach(() => dataSource.destroy());

  it.each(VIOLATIONS)('carries the code %s', async (code, sql) => {
    const refusal = expect(dataSource.query(sql)).rejects;
    await refusal.toBeInstanceOf(QueryFailedError);
    await expect(dataSource.query(sql)).rejects.toMatchObject({
      driverError: { name: 'Sqlite3Error', code },
    });
  });

  it('is recognisable as a unique violation behind an entity manager', async () => {
    await dataSource.manager.insert(Item, { id: 'a', label: '' });
    const error: unknown = await dataSource.manager
      .insert(Item, { id: 'a', label: '' })
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(QueryFailedError);
    expect(error).toMatchObject({
      driverError: { code: 'SQLITE_CONSTRAINT_PRIMARYKEY', errno: 1555 },
      message: expect.stringContaining('UNIQUE constraint failed: item.id'),
    });
  });

  it('names the mistake in the text', async () => {
    await expect(dataSource.query('SELECT nowhere FROM item')).rejects.toThrow(
      'SQLITE_ERROR: no such column: nowhere',
    );
  });

  it('refuses more values than the text has places for', async () => {
    await expect(dataSource.query('SELECT ? AS a', [1, 2])).rejects.toMatchObject({
      driverError: { code: 'SQLITE_RANGE' },
    });
  });

  it('does not spoil the statement for the next caller', async () => {
    const sql = 'INSERT INTO child (id, name) VALUES (?, ?)';
    await expect(dataSource.query(sql, [1, 'x'])).rejects.toThrow('child.id');
    await expect(dataSource.query(sql, [2, 'y'])).resolves.toBe(2);
  });

  it('has a code by its primary name where SQLite’s extended code is not listed', () => {
    const native = Object.assign(new Error('UNKNOWN: disk I/O error'), { errno: 10 | (2 << 8) });
    expect(toSqlite3Error(native)).toMatchObject({
      code: 'SQLITE_IOERR',
      message: 'SQLITE_IOERR: disk I/O error',
    });
    expect(toSqlite3Error(new Error('odd'))).toBeInstanceOf(Sqlite3Error);
  });
});

describe('a database that cannot be opened', () => {
  let directory: TemporaryDirectory;

  beforeEach(async () => {
    directory = await TemporaryDirectory.create();
  });

  afterEach(() => directory.remove());

  it('below a path that is no directory gives an error that names the file and the cause', async () => {
    await writeFile(directory.file('plain'), '');
    const path = directory.file('plain/items.db');
    const opening = new SqliteDataSource(path).initialize();
    await expect(opening).rejects.toThrow(DatabaseOpenError);
    await expect(opening).rejects.toThrow(`Cannot open the SQLite database "${path}"`);
    await expect(opening).rejects.toThrow(/ENOTDIR|EEXIST/);
  });

  it('because the path is a directory gives SQLite’s reason', async () => {
    await expect(new SqliteDataSource(directory.path).initialize()).rejects.toThrow('SQLITE_CANTOPEN');
  });

  it('because the file is something else gives SQLite’s reason', async () => {
    await writeFile(
      directory.file('text.db'),
      'This is no database, and it is longer than a header. '.repeat(40),
    );
    await expect(new SqliteDataSource(directory.file('text.db')).initialize()).rejects.toThrow(
      'SQLITE_NOTADB',
    );
  });

  it('because the options make no sense says which', () => {
    expect(() => new SqliteDataSource(':memory:', { readers: 0 })).toThrow(
      'Sqlite3Options.readers must be an integer of at least 1',
    );
    expect(() => new SqliteDataSource(':memory:', { lockTimeoutMs: Number.NaN })).toThrow('lockTimeoutMs');
    expect(() => resolveSqlite3Options({ synchronous: JSON.parse('"OFF"') })).toThrow(
      'one of NORMAL, FULL, not OFF',
    );
    expect(resolveSqlite3Options({ readers: undefined }).readers).toBe(2);
  });

  it('answers queries before it is open, and after it is closed, with an error that says so', async () => {
    const dataSource = new SqliteDataSource(':memory:');
    await expect(dataSource.query('SELECT 1')).rejects.toThrow(DatabaseClosedError);
    await dataSource.initialize();
    await expect(dataSource.query('SELECT 1 AS a')).resolves.toEqual([{ a: 1 }]);
    await dataSource.destroy();
    await expect(dataSource.query('SELECT 1')).rejects.toThrow(DatabaseClosedError);
  });
});
