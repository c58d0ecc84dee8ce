import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { servingOptions, type PostgresSettings } from '../../../src/persistence/postgres/postgres.options.js';
import { createPostgres, type TestDatabase } from '../../support/databases.js';

describe('connections to PostgreSQL', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createPostgres();
  });
  afterAll(() => database.drop());

  async function using<T>(
    settings: PostgresSettings,
    work: (dataSource: DataSource) => Promise<T>,
  ): Promise<T> {
    const options = servingOptions(database.url, settings);
    const dataSource = await new DataSource({ type: 'postgres', ...options }).initialize();
    try {
      return await work(dataSource);
    } finally {
      await dataSource.destroy();
    }
  }
  const show = async (dataSource: DataSource, name: string): Promise<string> => {
    const [row] = await dataSource.query<[{ value: string }]>(`SELECT current_setting('${name}') AS value`);
    return row.value;
  };

  it('are as the server has them, unless told otherwise', async () => {
    await using({}, async (dataSource) => {
      expect(await show(dataSource, 'statement_timeout')).toBe('0');
      expect(await show(dataSource, 'idle_in_transaction_session_timeout')).toBe('0');
    });
  });

  it('have a name and timeouts', async () => {
    const settings = {
      applicationName: 'onauth api',
      statementTimeoutMs: 250,
      idleTransactionTimeoutMs: 3000,
    };
    await using(settings, async (dataSource) => {
      expect(await show(dataSource, 'application_name')).toBe('onauth api');
      expect(await show(dataSource, 'idle_in_transaction_session_timeout')).toBe('3s');
      await expect(dataSource.query('SELECT pg_sleep(30)')).rejects.toMatchObject({
        driverError: { code: '57014' },
      });
    });
  });

  it('are no more than the pool may have, and are waited for no longer than it says', async () => {
    await using({ poolSize: 2, connectTimeoutMs: 2_000 }, async (dataSource) => {
      const runners = [dataSource.createQueryRunner(), dataSource.createQueryRunner()];
      await Promise.all(runners.map((runner) => runner.connect()));
      await expect(dataSource.query('SELECT 1')).rejects.toThrow('timeout exceeded');
      await Promise.all(runners.map((runner) => runner.release()));
      expect(await dataSource.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    });
  });
});
