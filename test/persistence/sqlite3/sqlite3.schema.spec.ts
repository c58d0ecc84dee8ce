import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { Item } from './item.entity.js';
import { RecordingLogger } from './recording.logger.js';
import { SqliteDataSource } from './sqlite.data-source.js';
import { TemporaryDirectory } from './temporary.directory.js';

class CreateNotes1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE note (id varchar PRIMARY KEY, text varchar NOT NULL)');
    await runner.query(`CREATE INDEX note_text ON note (lower(text))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE note');
  }
}

class Broken1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE half (id varchar)');
    await runner.query('CREATE TABLE half (id varchar)');
  }

  async down(): Promise<void> {}
}

describe('the schema', () => {
  let directory: TemporaryDirectory;
  let path: string;
  let open: SqliteDataSource[];

  beforeEach(async () => {
    directory = await TemporaryDirectory.create();
    path = directory.file('items.db');
    open = [];
  });

  afterEach(async () => {
    await Promise.all(open.map((dataSource) => dataSource.destroy()));
    await directory.remove();
  });

  async function start(
    settings: ConstructorParameters<typeof SqliteDataSource>[1] = {},
  ): Promise<SqliteDataSource> {
    const dataSource = new SqliteDataSource(path, { readers: 1, ...settings });
    open.push(await dataSource.initialize());
    return dataSource;
  }

  const tables = async (dataSource: SqliteDataSource): Promise<string[]> => {
    const rows = await dataSource.query<{ name: string }[]>(
      `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`,
    );
    return rows.map(({ name }) => name);
  };

  const foreignKeys = async (dataSource: SqliteDataSource): Promise<unknown> =>
    (await dataSource.query<{ foreign_keys: number }[]>('PRAGMA foreign_keys'))[0]?.foreign_keys;

  it('may change while statements on it are cached, on the writer and on the readers', async () => {
    const dataSource = await start();
    await dataSource.query('CREATE TABLE t (a)');
    const insert = 'INSERT INTO t (a) VALUES (?)';
    const select = 'SELECT * FROM t ORDER BY a';
    await dataSource.query(insert, [1]);
    expect(await dataSource.query(select)).toEqual([{ a: 1 }]);

    await dataSource.query(`ALTER TABLE t ADD COLUMN b DEFAULT 'new'`);
    await dataSource.query(insert, [2]);
    expect(await dataSource.query(select)).toEqual([
      { a: 1, b: 'new' },
      { a: 2, b: 'new' },
    ]);

    await dataSource.query('CREATE INDEX t_a ON t (a)');
    await dataSource.query('ALTER TABLE t DROP COLUMN b');
    expect(await dataSource.query(select)).toEqual([{ a: 1 }, { a: 2 }]);

    await dataSource.query('DROP TABLE t');
    await expect(dataSource.query(select)).rejects.toThrow('no such table: t');
    await expect(dataSource.query(insert, [3])).rejects.toThrow('no such table: t');

    await dataSource.query('CREATE TABLE t (a, c)');
    await dataSource.query(insert, [4]);
    expect(await dataSource.query(select)).toEqual([{ a: 4, c: null }]);
  });

  it('may change while reads of it run', async () => {
    const dataSource = await start({ readers: 2 });
    await dataSource.query('CREATE TABLE t (a)');
    await dataSource.query('INSERT INTO t VALUES (1)');
    const reads = Array.from({ length: 200 }, () => dataSource.query('SELECT * FROM t'));
    for (let n = 0; n < 10; n++) await dataSource.query(`ALTER TABLE t ADD COLUMN c${n}`);
    for (const rows of await Promise.all(reads)) expect(rows).toHaveLength(1);
  });

  it('is made by migrations, and unmade', async () => {
    const dataSource = await start({ migrations: [CreateNotes1700000000000] });
    expect(await dataSource.runMigrations()).toHaveLength(1);
    expect(await tables(dataSource)).toEqual(['migrations', 'note']);
    expect(await dataSource.runMigrations()).toEqual([]);
    await dataSource.undoLastMigration();
    expect(await tables(dataSource)).toEqual(['migrations']);
    expect(await foreignKeys(dataSource)).toBe(1);
  });

  it('is what it was when a migration fails, and foreign keys are enforced again', async () => {
    const dataSource = await start({
      migrations: [CreateNotes1700000000000, Broken1700000000001],
      logger: new RecordingLogger(),
    });
    await expect(dataSource.runMigrations({ transaction: 'all' })).rejects.toThrow(
      'table half already exists',
    );
    expect(await tables(dataSource)).toEqual(['migrations']);
    expect(await foreignKeys(dataSource)).toBe(1);
  });

  it('follows the entities with synchronize, twice, and goes with dropDatabase', async () => {
    const dataSource = await start({ entities: [Item] });
    await dataSource.synchronize();
    await dataSource.manager.insert(Item, { id: 'a', label: '' });
    await dataSource.synchronize();
    expect(await dataSource.ids()).toEqual(['a']);
    await dataSource.dropDatabase();
    expect(await tables(dataSource)).toEqual([]);
    await dataSource.synchronize(true);
    expect(await dataSource.ids()).toEqual([]);
  });

  it('refuses several statements in one text, of which SQLite would run only the first', async () => {
    const dataSource = await start();
    await expect(dataSource.query('CREATE TABLE a (x); CREATE TABLE b (x)')).rejects.toThrow(
      'One query is one SQL statement',
    );
    expect(await tables(dataSource)).toEqual([]);
  });

  it('is set up as promised: WAL, the chosen durability, foreign keys, a busy timeout', async () => {
    const pragma = async (dataSource: SqliteDataSource, name: string): Promise<unknown> => {
      const rows = await dataSource.query<Record<string, unknown>[]>(`PRAGMA ${name}`);
      return rows.flatMap((row) => Object.values(row))[0];
    };
    const normal = await start({ busyTimeoutMs: 1234 });
    expect(await pragma(normal, 'journal_mode')).toBe('wal');
    expect(await pragma(normal, 'synchronous')).toBe(1);
    expect(await pragma(normal, 'foreign_keys')).toBe(1);
    expect(await pragma(normal, 'busy_timeout')).toBe(1234);
    expect(await pragma(await start({ synchronous: 'FULL' }), 'synchronous')).toBe(2);
  });

  it('streams nothing: TypeORM’s SQLite has no streams', async () => {
    const dataSource = await start({ entities: [Item] });
    await expect(dataSource.createQueryBuilder(Item, 'item').stream()).rejects.toThrow(
      'Stream is not supported by sqlite',
    );
  });
});
