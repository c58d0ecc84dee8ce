import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LessThan } from 'typeorm';
import { Item } from './item.entity.js';
import { SqliteDataSource } from './sqlite.data-source.js';
import { TemporaryDirectory } from './temporary.directory.js';

const STORED: readonly (readonly [string, unknown, string, unknown])[] = [
  ['a text', 'naïve 🙂', 'text', 'naïve 🙂'],
  ['a text with a NUL', 'a\0b', 'text', 'a\0b'],
  ['an integer', 7, 'integer', 7],
  ['a fraction', 1.5, 'real', 1.5],
  ['true', true, 'integer', 1],
  ['false', false, 'integer', 0],
  ['a bigint', 9n, 'integer', 9],
  ['null', null, 'null', null],
  ['undefined', undefined, 'null', null],
  ['a Buffer', Buffer.from([0, 255]), 'blob', Buffer.from([0, 255])],
  ['a Uint8Array', new Uint8Array([0, 255]), 'blob', Buffer.from([0, 255])],
];

describe('values', () => {
  let directory: TemporaryDirectory;
  let dataSource: SqliteDataSource;

  beforeEach(async () => {
    directory = await TemporaryDirectory.create();
    dataSource = await SqliteDataSource.withItems(directory.file('items.db'), { readers: 1 });
  });

  afterEach(async () => {
    await dataSource.destroy();
    await directory.remove();
  });

  it.each(STORED)('%s is stored as it is', async (_name, value, type, read) => {
    await dataSource.query('CREATE TABLE t (v)');
    await dataSource.query('INSERT INTO t VALUES (?)', [value]);
    const [row] = await dataSource.query<{ v: unknown; type: string }[]>(
      'SELECT v, typeof(v) AS type FROM t',
    );
    expect(row).toEqual({ v: read, type });
  });

  it('of a time in milliseconds become integers in a bigint column, and compare as such', async () => {
    const created_at = 1_795_318_178_171;
    await dataSource.manager.insert(Item, { id: 'a', label: '', created_at });
    expect(await dataSource.query('SELECT created_at, typeof(created_at) AS type FROM item')).toEqual([
      { created_at, type: 'integer' },
    ]);
    expect(await dataSource.manager.countBy(Item, { created_at })).toBe(1);
    expect(await dataSource.manager.countBy(Item, { created_at: LessThan(created_at) })).toBe(0);
  });

  it('that are numbers are bound, so that the text of a query stays the same', () => {
    const builder = dataSource.manager
      .createQueryBuilder(Item, 'item')
      .where('item.created_at > :since', { since: 5 });
    expect(builder.getQueryAndParameters()).toEqual([expect.stringContaining('created_at" > ?'), [5]]);
    const list = dataSource.manager
      .createQueryBuilder(Item, 'item')
      .where('item.id IN (:...ids)', { ids: ['a', 2] });
    expect(list.getQueryAndParameters()).toEqual([expect.stringContaining('IN (?, ?)'), ['a', 2]]);
  });

  it('of the last run never answer a query that brings none of its own', async () => {
    const sql = 'SELECT ? AS v';
    expect(await dataSource.query(sql, ['of another caller'])).toEqual([{ v: 'of another caller' }]);
    expect(await dataSource.query(sql)).toEqual([{ v: null }]);
    await dataSource.query(sql, ['of another caller']);
    expect(await dataSource.query(sql, [])).toEqual([{ v: null }]);
  });

  it('given by name are refused: TypeORM’s SQLite has no named placeholders', async () => {
    await expect(dataSource.createQueryRunner().query('SELECT :a', { a: 1 })).rejects.toThrow(
      'named placeholders',
    );
  });
});

describe('a JSONB column', () => {
  let dataSource: SqliteDataSource;
  const metadata = { owner: 'alice', 'a.b "c"': [1, '1', true, null, { deep: ['🙂'] }], n: 1.5, empty: {} };

  beforeEach(async () => {
    dataSource = await SqliteDataSource.withItems(':memory:');
    await dataSource.manager.insert(Item, { id: 'a', label: '', metadata });
  });

  afterEach(() => dataSource.destroy());

  it('comes back as it was written, by every way of reading', async () => {
    expect((await dataSource.manager.findOneByOrFail(Item, { id: 'a' })).metadata).toEqual(metadata);
    const found = await dataSource.manager
      .createQueryBuilder(Item, 'item')
      .select('item.metadata')
      .addSelect('item.id')
      .getOneOrFail();
    expect(found.metadata).toEqual(metadata);
  });

  it('is a blob in SQLite’s own format', async () => {
    const rows = await dataSource.query(
      'SELECT typeof(metadata) AS type, json_valid(metadata, 8) AS valid FROM item',
    );
    expect(rows).toEqual([{ type: 'blob', valid: 1 }]);
  });

  it('is updated and set to null like any other', async () => {
    await dataSource.manager.save(Item, { id: 'a', metadata: { owner: 'bob' } });
    expect((await dataSource.manager.findOneByOrFail(Item, { id: 'a' })).metadata).toEqual({ owner: 'bob' });
    await dataSource.manager.update(Item, { id: 'a' }, { metadata: null });
    expect((await dataSource.manager.findOneByOrFail(Item, { id: 'a' })).metadata).toBeNull();
  });

  it('is searched through an expression index on one of its keys', async () => {
    await dataSource.query(`CREATE INDEX item_owner ON item (metadata -> 'owner', created_at)`);
    const builder = dataSource.manager
      .createQueryBuilder(Item, 'item')
      .where(`item.metadata -> 'owner' = :owner`, { owner: '"alice"' })
      .orderBy('item.created_at', 'DESC');
    expect(await builder.getCount()).toBe(1);
    const [sql, parameters] = builder.getQueryAndParameters();
    const plan = await dataSource.query<{ detail: string }[]>(`EXPLAIN QUERY PLAN ${sql}`, parameters);
    expect(plan.map(({ detail }) => detail).join('\n')).toMatch(
      /SEARCH item USING INDEX item_owner \(<expr>=\?\)/,
    );
    expect(plan.map(({ detail }) => detail).join('\n')).not.toContain('TEMP B-TREE');
  });
});
