import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { AuthorizationContext, runAsSystem } from '../../src/on-auth/authorization.context.js';
import { createScopeIndexes } from '../../src/persistence/scope-indexes.js';
import type { ScopedDataSource } from '../../src/persistence/scoped-data-source.js';
import { Scoped } from '../../src/persistence/scoped.decorator.js';
import { openDataSource, type TestDataSource } from '../support/data-source.js';
import { plainDatabases } from '../support/databases.js';
import { scopeWith } from './ways-to-reach-a-row.scopes.js';

const LONG = 'a_table_with_quite_a_long_name_that_leaves_little_room';

@Scoped('threads', { by: 'metadata' })
@Entity('thread')
class Thread {
  @PrimaryColumn('varchar') thread_id!: string;
  @Column('jsonb') metadata!: Record<string, unknown>;
  @Column('bigint') created_at!: number;
  @Column('bigint') updated_at!: number;
}

@Scoped('threads', { through: 'thread' })
@Entity('run')
class Run {
  @PrimaryColumn('varchar') run_id!: string;
  @ManyToOne(() => Thread) @JoinColumn({ name: 'thread_id' }) thread!: Thread;
  @Column('bigint') created_at!: number;
}

@Scoped('assistants', { by: 'metadata' })
@Entity(LONG)
class Lengthy {
  @PrimaryColumn('varchar') id!: string;
  @Column('jsonb') metadata!: Record<string, unknown>;
  @Column('bigint') updated_at!: number;
}

describe.each(plainDatabases)('indexes for the scope on $dialect', ({ dialect, create }) => {
  let opened: TestDataSource;
  let dataSource: ScopedDataSource;

  beforeAll(async () => {
    opened = await openDataSource(create, { entities: [Thread, Run, Lengthy], scopeKeys: ['owner', 'team'] });
    ({ dataSource } = opened);
    await createScopeIndexes(dataSource);
  });
  afterAll(() => opened.close());

  const names = (): Promise<readonly string[]> =>
    runAsSystem('look', async () => {
      const sql =
        dialect === 'sqlite'
          ? "SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE 'scope\\_%' ESCAPE '\\'"
          : "SELECT indexname AS name FROM pg_indexes WHERE indexname LIKE 'scope\\_%'";
      const rows = await dataSource.query<{ name: string }[]>(sql);
      return rows.map(({ name }) => name).sort();
    });

  async function planOf(filter: object, order: 'created_at' | 'updated_at' | undefined): Promise<string> {
    return AuthorizationContext.run(scopeWith('bob', { threads: filter }), async () => {
      const builder = dataSource.createQueryBuilder(Thread, 't').select('t.thread_id');
      if (order) builder.orderBy(`t.${order}`, 'DESC').limit(10);
      const [sql, parameters] = builder.getQueryAndParameters();
      const explain = dialect === 'sqlite' ? 'EXPLAIN QUERY PLAN' : 'EXPLAIN';
      return dataSource.transaction(async (manager) => {
        // The planner reads a small table as a whole even where an index would serve.
        if (dialect === 'postgres') await manager.query('SET LOCAL enable_seqscan = off');
        return JSON.stringify(await manager.query(`${explain} ${sql}`, parameters));
      });
    });
  }

  it('are one for each scope key and each order that the table has', async () => {
    const found = await names();
    expect(found.filter((name) => name.startsWith('scope_thread'))).toEqual([
      ...(dialect === 'postgres' ? ['scope_thread_contains'] : []),
      'scope_thread_owner_created_at',
      'scope_thread_owner_updated_at',
      'scope_thread_team_created_at',
      'scope_thread_team_updated_at',
    ]);
    expect(found.filter((name) => name.startsWith('scope_run'))).toEqual([]);
  });

  it('have names that no database cuts off, and that differ', async () => {
    const found = (await names()).filter((name) => name.startsWith(`scope_${LONG.slice(0, 20)}`));
    expect(found).toHaveLength(dialect === 'postgres' ? 3 : 2);
    expect(found.every((name) => name.length <= 63)).toBe(true);
  });

  it('may be created again', async () => {
    const before = await names();
    await createScopeIndexes(dataSource);
    expect(await names()).toEqual(before);
  });

  it('serve what the scope is rendered as, in the order of the index', async () => {
    await runAsSystem('fill', async () => {
      const rows = Array.from({ length: 2_000 }, (_, at) => ({
        thread_id: `t${at}`,
        metadata: {
          owner: `o${at % 100}`,
          team: `m${at % 50}`,
          tags: [`g${at % 100}`],
          status: `s${at % 100}`,
        },
        created_at: at,
        updated_at: at,
      }));
      await dataSource.getRepository(Thread).insert(rows);
      await dataSource.query('ANALYZE');
    });
    for (const order of ['created_at', 'updated_at'] as const) {
      const plan = await planOf({ owner: 'o7' }, order);
      expect(plan).toContain(`scope_thread_owner_${order}`);
      expect(plan).not.toMatch(/temp b-tree|sort/i);
    }
    expect(await planOf({ team: 'm7' }, 'created_at')).toContain('scope_thread_team_created_at');
    expect(await planOf({ owner: { $in: ['o1', 'o2'] } }, undefined)).toContain('scope_thread_owner_');
  });

  if (dialect === 'postgres') {
    it('serve what the metadata contains, by any key', async () => {
      expect(await planOf({ status: 's7' }, undefined)).toContain('scope_thread_contains');
      expect(await planOf({ tags: { $contains: 'g7' } }, undefined)).toContain('scope_thread_contains');
    });
  }
});

describe('a scope key that cannot be written into SQL', () => {
  it('is refused', async () => {
    const [sqlite] = plainDatabases;
    const opened = await openDataSource(sqlite.create, { entities: [Thread], scopeKeys: ["owner' --"] });
    await expect(createScopeIndexes(opened.dataSource)).rejects.toMatchObject({
      name: 'InvalidScopeKeyError',
    });
    await opened.close();
  });
});
