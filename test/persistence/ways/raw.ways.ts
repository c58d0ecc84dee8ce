import { randomBytes } from 'node:crypto';
import { Step, Thread } from '../ways-to-reach-a-row.entities.js';
import type { Place, Way } from './way.js';

const raw =
  (sql: string) =>
  ({ manager }: Place): Promise<unknown> =>
    manager.query(sql);

/** SQL that no query builder wrote. The guard refuses whatever names a scoped table. */
export const rawWays: readonly Way[] = [
  ...(
    [
      ['SELECT', 'SELECT * FROM "thread"'],
      ['SELECT without quotes, in capitals', 'SELECT * FROM THREAD'],
      ['SELECT with an alias', 'select t.* from thread t'],
      ['SELECT from a second table', 'SELECT thread.* FROM note, thread'],
      ['SELECT of a child', 'SELECT * FROM run'],
      ['SELECT of a junction', 'SELECT * FROM thread_tag'],
      ['JOIN', 'SELECT * FROM note n JOIN thread ON thread.thread_id = n.thread_id'],
      ['UNION', 'SELECT note_id FROM note UNION ALL SELECT thread_id FROM thread'],
      ['common table expression', 'WITH c AS (SELECT * FROM thread) SELECT * FROM c'],
      ['sub-query in SELECT', 'SELECT (SELECT MIN(thread_id) FROM thread)'],
      ['comment between the words', 'SELECT * FROM /* of everybody */ thread'],
      ['line comment between the words', 'SELECT * FROM -- )\n thread'],
      ['a guessed mark', `SELECT * FROM "thread"/*scoped ${randomBytes(12).toString('hex')}*/`],
      ['an empty mark', 'SELECT * FROM "thread"/*scoped */'],
      ['UPDATE', `UPDATE thread SET status = 'hacked'`],
      ['DELETE', 'DELETE FROM step'],
      [
        'INSERT',
        `INSERT INTO tag (tag_id, metadata) SELECT 'alice-x', metadata FROM tag WHERE tag_id = 'tag-alice'`,
      ],
    ] as const
  ).map(([name, sql]): Way => ({ name: `raw ${name}`, refusedWith: 'UnscopedSqlError', go: raw(sql) })),
  {
    name: 'raw SELECT in square brackets',
    only: 'sqlite',
    refusedWith: 'UnscopedSqlError',
    go: raw('SELECT * FROM [thread]'),
  },
  {
    name: 'raw SELECT in backticks',
    only: 'sqlite',
    refusedWith: 'UnscopedSqlError',
    go: raw('SELECT * FROM `thread`'),
  },
  {
    name: 'raw SELECT from a string',
    only: 'sqlite',
    refusedWith: 'UnscopedSqlError',
    go: raw("SELECT * FROM 'thread'"),
  },
  {
    name: 'raw SELECT with a schema',
    only: 'sqlite',
    refusedWith: 'UnscopedSqlError',
    go: raw('SELECT * FROM main.thread'),
  },
  {
    name: 'raw REPLACE',
    only: 'sqlite',
    refusedWith: 'UnscopedSqlError',
    go: raw(`REPLACE INTO tag SELECT tag_id, jsonb('{}') FROM tag`),
  },
  { name: 'raw TABLE', only: 'postgres', refusedWith: 'UnscopedSqlError', go: raw('TABLE thread') },
  {
    name: 'raw SELECT of ONLY',
    only: 'postgres',
    refusedWith: 'UnscopedSqlError',
    go: raw('SELECT * FROM ONLY public.thread'),
  },
  {
    name: 'raw SELECT with an escaped name',
    only: 'postgres',
    refusedWith: 'UnscopedSqlError',
    go: raw('SELECT * FROM U&"thr\\0065ad"'),
  },
  {
    name: 'raw SELECT behind an escaped quote',
    only: 'postgres',
    refusedWith: 'UnscopedSqlError',
    go: raw(`SELECT E'\\'', thread_id FROM thread --'`),
  },
  {
    name: 'raw DO block',
    only: 'postgres',
    refusedWith: 'UnscopedSqlError',
    go: raw(`DO $$ BEGIN UPDATE thread SET status = 'hacked'; END $$`),
  },
  {
    name: 'raw query in a string',
    only: 'postgres',
    refusedWith: 'UnscopedSqlError',
    go: raw(`SELECT query_to_xml('select * from thread', true, false, '')::text AS found`),
  },
  {
    name: 'raw second statement',
    only: 'postgres',
    closedByRowSecurity: true,
    refusedWith: 'UnscopedSqlError',
    go: raw(`SELECT 1; UPDATE thread SET status = 'hacked'`),
  },
  {
    name: 'raw MERGE',
    only: 'postgres',
    refusedWith: 'UnscopedSqlError',
    go: raw(
      `MERGE INTO thread USING note ON false WHEN NOT MATCHED BY SOURCE THEN UPDATE SET status = 'hacked'`,
    ),
  },
  {
    name: 'query of the data source',
    refusedWith: 'UnscopedSqlError',
    go: ({ dataSource }) => dataSource.query('SELECT * FROM thread'),
  },
  {
    name: 'sql template of the data source',
    refusedWith: 'UnscopedSqlError',
    go: ({ dataSource }) => dataSource.sql`SELECT * FROM thread WHERE thread_id = ${'alice-0'}`,
  },
  {
    name: 'query of a repository',
    refusedWith: 'UnscopedSqlError',
    go: ({ manager }) => manager.getRepository(Thread).query('SELECT * FROM thread'),
  },
  {
    name: 'query of a query runner',
    refusedWith: 'UnscopedSqlError',
    go: async ({ dataSource }) => {
      const runner = dataSource.createQueryRunner();
      try {
        return (await runner.query('SELECT * FROM thread')) as unknown;
      } finally {
        await runner.release();
      }
    },
  },
  {
    name: "query of the driver's query runner",
    refusedWith: 'UnscopedSqlError',
    go: async ({ dataSource }) => {
      const runner = dataSource.driver.createQueryRunner('master');
      try {
        return (await runner.query('SELECT * FROM thread')) as unknown;
      } finally {
        await runner.release();
      }
    },
  },
  {
    name: 'stream of a query runner',
    only: 'postgres',
    reachesNothing: true,
    refusedWith: 'UnscopedSqlError',
    go: async ({ dataSource }) => {
      const runner = dataSource.createQueryRunner();
      try {
        const found: unknown[] = [];
        for await (const row of await runner.stream('SELECT * FROM thread')) found.push(row);
        return found;
      } finally {
        await runner.release();
      }
    },
  },
  {
    name: 'SQL that the system rendered',
    refusedWith: 'UnscopedSqlError',
    go: ({ manager, systemSql }) => manager.query(...systemSql),
  },
  {
    name: 'clear()',
    closedByRowSecurity: true,
    refusedWith: 'UnscopedSqlError',
    go: ({ manager }) => manager.clear(Step),
  },
  {
    name: 'clear() of a repository',
    closedByRowSecurity: true,
    refusedWith: 'UnscopedSqlError',
    go: ({ manager }) => manager.getRepository(Step).clear(),
  },
  {
    name: 'clearTable of a query runner',
    closedByRowSecurity: true,
    refusedWith: 'UnscopedSqlError',
    go: async ({ dataSource }) => {
      const runner = dataSource.createQueryRunner();
      try {
        await runner.clearTable('step');
      } finally {
        await runner.release();
      }
    },
  },
];
