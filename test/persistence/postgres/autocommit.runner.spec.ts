import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { QueryFailedError, type QueryResult } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { AuthorizationContext, runAsSystem } from '../../../src/on-auth/authorization.context.js';
import { ScopeMissingError } from '../../../src/on-auth/errors.js';
import { isConnectionLost } from '../../../src/persistence/connection-lost.js';
import { DatabaseUnreachableError } from '../../../src/persistence/database-unreachable.error.js';
import { AutocommitRunner } from '../../../src/persistence/postgres/autocommit.runner.js';
import { servingOptions } from '../../../src/persistence/postgres/postgres.options.js';
import { ScopedDataSource } from '../../../src/persistence/scoped-data-source.js';
import { isUniqueViolation } from '../../../src/persistence/unique-violation.js';
import { UnscopedSqlError } from '../../../src/persistence/unscoped-sql.error.js';
import { createPostgres, type TestDatabase } from '../../support/databases.js';
import { RecordingLogger } from '../sqlite3/recording.logger.js';
import { Clerk } from '../statements/plain-rows.entities.js';
import { scopeFor } from '../ways-to-reach-a-row.scopes.js';

type Way = (dataSource: ScopedDataSource, sql: string, parameters?: unknown[]) => Promise<QueryResult>;

const WAYS: [string, Way][] = [
  [
    'of the service',
    async ({ driver }, sql, parameters = []) => {
      const runner = AutocommitRunner.of(driver);
      if (!runner) throw new Error('there is no runner');
      return runner.query(sql, parameters);
    },
  ],
  [
    'of TypeORM, made for one statement',
    async (dataSource, sql, parameters = []) => {
      const runner = dataSource.createQueryRunner();
      try {
        return await runner.query(sql, parameters, true);
      } finally {
        await runner.release();
      }
    },
  ],
];
const POOL_SIZE = 2;
const SLOW = 'SELECT pg_sleep(0.05)';

describe.each(WAYS)('statements outside of transactions, by a runner %s', (_, execute) => {
  const caller = new AsyncLocalStorage<string>();
  let database: TestDatabase;
  let logger: RecordingLogger;
  let dataSource: ScopedDataSource;

  beforeAll(async () => {
    database = await createPostgres();
  });
  beforeEach(async () => {
    logger = new RecordingLogger();
    const settings = { poolSize: POOL_SIZE, connectTimeoutMs: 2_000, preparesStatements: true };
    const setting = { name: 'test.caller', current: () => caller.getStore() ?? '' };
    dataSource = new ScopedDataSource(
      {
        type: 'postgres',
        ...servingOptions(database.url, settings, setting),
        entities: [Clerk],
        logger,
        maxQueryExecutionTime: 20,
        dropSchema: true,
        synchronize: true,
      },
      { scopeKeys: ['owner'] },
    );
    await dataSource.initialize();
    logger.messages.length = 0;
  });
  afterEach(async () => {
    if (dataSource.isInitialized) await dataSource.destroy();
  });
  afterAll(() => database.drop());

  const query = (sql: string, parameters?: unknown[]): Promise<QueryResult> =>
    runAsSystem('test', () => execute(dataSource, sql, parameters));
  const failureOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => undefined,
      (error: unknown) => error,
    );
  const pool = (): Pool => (dataSource.driver as PostgresDriver).master as Pool;
  const insert = (id: string): Promise<QueryResult> =>
    query(`INSERT INTO clerk (clerk_id, metadata) VALUES ($1, $2)`, [id, '{}']);

  it('answer with rows, with what was changed, or with both', async () => {
    expect(await insert('a')).toEqual({ records: [], affected: 1, raw: [] });
    await insert('b');
    for (let time = 0; time < 6; time += 1) {
      const found = await query(`SELECT clerk_id FROM clerk WHERE clerk_id >= $1 ORDER BY 1`, ['a']);
      const rows = [{ clerk_id: 'a' }, { clerk_id: 'b' }];
      expect(found).toEqual({ records: rows, affected: 2, raw: rows });
    }
    const changed = await query(`UPDATE clerk SET metadata = '{"a": 1}' WHERE clerk_id = $1`, ['a']);
    expect(changed).toEqual({ records: [], affected: 1, raw: [[], 1] });
    const removed = await query(`DELETE FROM clerk WHERE clerk_id = $1 RETURNING metadata`, ['a']);
    const rows = [{ metadata: { a: 1 } }];
    expect(removed).toEqual({ records: rows, affected: 1, raw: [rows, 1] });
    expect((await query(`DELETE FROM clerk WHERE clerk_id = $1`, ['a'])).affected).toBe(0);
  });

  it('are refused by the guard without a scope, or where the scope is not in them', async () => {
    const unscoped = 'SELECT clerk_id FROM clerk';
    expect(await failureOf(execute(dataSource, unscoped))).toBeInstanceOf(ScopeMissingError);
    const asAlice = AuthorizationContext.run(scopeFor('alice'), () => execute(dataSource, unscoped));
    expect(await failureOf(asAlice)).toBeInstanceOf(UnscopedSqlError);
    expect(logger.of('query')).toEqual([]);
  });

  it('fail as queries of TypeORM do, and give their connection back as it is', async () => {
    await insert('a');
    const taken = await failureOf(insert('a'));
    expect(taken).toBeInstanceOf(QueryFailedError);
    expect(taken).toMatchObject({ parameters: ['a', '{}'], driverError: { code: '23505' } });
    expect(isUniqueViolation(taken)).toBe(true);
    const unreadable = await failureOf(query('SELEC 1'));
    expect(unreadable).toMatchObject({ query: 'SELEC 1', driverError: { code: '42601' } });
    expect(isConnectionLost(unreadable)).toBe(false);
    expect([pool().totalCount, pool().idleCount]).toEqual([1, 1]);
  });

  it('are told to the logger: the text, the failures and the slow ones', async () => {
    await query(SLOW);
    await failureOf(query('SELEC 1'));
    expect(logger.messages.filter(([, message]) => typeof message === 'string')).toEqual([
      ['query', SLOW],
      ['query-slow', SLOW],
      ['query', 'SELEC 1'],
      ['query-error', 'SELEC 1'],
    ]);
  });

  it('carry what is set for their own caller, also when another one hands over the connection', async () => {
    const callers = Array.from({ length: 20 }, (__, place) => `caller ${place}`);
    const told = callers.map((name) =>
      caller.run(name, async () => {
        const { records } = await query(`SELECT current_setting('test.caller', true) AS name`);
        expect(caller.getStore()).toBe(name);
        return records as unknown[];
      }),
    );
    expect((await Promise.all(told)).flat()).toEqual(callers.map((name) => ({ name })));
    expect([pool().totalCount, pool().idleCount]).toEqual([POOL_SIZE, POOL_SIZE]);
  });

  it('fail as lost where their connection is, which the pool then replaces', async () => {
    for (let time = 0; time < 3; time += 1) {
      const lost = await failureOf(query('SELECT pg_terminate_backend(pg_backend_pid())'));
      expect(lost).toBeInstanceOf(QueryFailedError);
      expect(isConnectionLost(lost)).toBe(true);
    }
    // PostgreSQL says so before it hangs up.
    while (pool().totalCount > 0) await sleep(5);
    expect((await query('SELECT 1 AS one')).records).toEqual([{ one: 1 }]);
  });

  it('fail as unreachable where no connection is free in time, and leave those be that are not theirs', async () => {
    const others = [dataSource.createQueryRunner(), dataSource.createQueryRunner()];
    await Promise.all(others.map((runner) => runner.connect()));
    expect(await failureOf(query('SELECT 1'))).toBeInstanceOf(DatabaseUnreachableError);
    await Promise.all(others.map((runner) => runner.release()));
    expect((await query('SELECT 1 AS one')).records).toEqual([{ one: 1 }]);
  });

  it('do not keep the data source from closing', async () => {
    const waiting = failureOf(query('SELECT pg_sleep(60)'));
    await query('SELECT 1');
    await dataSource.destroy();
    expect(isConnectionLost(await waiting)).toBe(true);
  });

  it('go on after the data source was opened again', async () => {
    await query('SELECT 1');
    await dataSource.destroy();
    expect(await failureOf(query('SELECT 1'))).toBeInstanceOf(DatabaseUnreachableError);
    await dataSource.initialize();
    expect((await query('SELECT 1 AS one')).records).toEqual([{ one: 1 }]);
  });
});

it('statements outside of transactions are left to TypeORM where it has replicas', () => {
  const url = 'postgres://nobody@127.0.0.1:1/none';
  const replication = { master: { url }, slaves: [{ url }] };
  const { driver } = new ScopedDataSource({ type: 'postgres', replication }, { scopeKeys: [] });
  expect(AutocommitRunner.of(driver)).toBeUndefined();
});
