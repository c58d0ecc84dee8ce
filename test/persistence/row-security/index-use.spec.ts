import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { AuthorizationContext } from '../../../src/on-auth/authorization.context.js';
import { databaseOptions } from '../../../src/persistence/database.options.js';
import { postgresMigrations } from '../../../src/persistence/migrations/postgres.migrations.js';
import type { ScopedDataSource } from '../../../src/persistence/scoped-data-source.js';
import { GRAPH_ENTITIES } from '../../../src/graphs/graphs.entities.js';
import { Thread } from '../../../src/threads/thread.entity.js';
import { openPreparedDataSource } from '../../support/data-source.js';
import { securedPostgres, type TestDatabase } from '../../support/databases.js';
import { scopeWith } from '../ways-to-reach-a-row.scopes.js';

describe('under row-level security, an index', () => {
  let database: TestDatabase;
  let dataSource: ScopedDataSource;

  beforeAll(async () => {
    database = await securedPostgres.create();
    dataSource = await openPreparedDataSource(
      {
        ...databaseOptions(database.url).options,
        entities: [Thread, ...GRAPH_ENTITIES],
        migrations: [...postgresMigrations],
      },
      { scopeKeys: ['owner', 'team'] },
    );
    const owner = new pg.Client({ connectionString: database.url });
    await owner.connect();
    await owner.query(`
      INSERT INTO thread (thread_id, created_at, updated_at, metadata, status, config, interrupts, revision)
      SELECT 't' || n, n, n, jsonb_build_object('owner', 'o' || n % 100, 'team', n % 50), 'idle', '{}', '{}', 0
      FROM generate_series(1, 20000) AS n`);
    await owner.query('ANALYZE');
    await owner.end();
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  async function planOf(
    filter: object,
    order?: 'created_at' | 'updated_at',
    where?: string,
  ): Promise<string> {
    return AuthorizationContext.run(scopeWith('bob', { threads: filter }), async () => {
      const builder = dataSource.createQueryBuilder(Thread, 't').select('t.thread_id');
      if (order) builder.orderBy(`t.${order}`, 'DESC').limit(10);
      if (where) builder.where(where);
      const [sql, parameters] = builder.getQueryAndParameters();
      const rows = await dataSource.query<object[]>(`EXPLAIN ${sql}`, parameters);
      return JSON.stringify(rows);
    });
  }

  it.each(['created_at', 'updated_at'] as const)(
    'yields the newest rows of an owner by %s, without a sort',
    async (order) => {
      const plan = await planOf({ owner: 'o7' }, order);
      expect(plan).toContain(`scope_thread_column_owner_${order}`);
      expect(plan).not.toMatch(/sort|seq scan/i);
    },
  );

  it.each<[string, object]>([
    ['a number', { team: 7 }],
    ['one of several values', { owner: { $in: ['o1', 'o2'] } }],
    ['a key among others', { owner: 'o7', tags: { $contains: 'x' } }],
  ])('finds the rows for a scope key that is %s', async (_, filter) => {
    expect(await planOf(filter)).toMatch(/scope_thread_column_(owner|team)_/);
  });

  it('finds a row by its id', async () => {
    expect(await planOf({ owner: 'o7' }, undefined, `t.thread_id = 't7'`)).toContain('thread_pkey');
  });
});
