import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg, { type Connection } from 'pg';
import {
  ServiceClient,
  type ServiceClientSettings,
} from '../../../src/persistence/postgres/service.client.js';
import { StatementNames } from '../../../src/persistence/postgres/statement.names.js';
import { createPostgres, type TestDatabase } from '../../support/databases.js';

interface Answer {
  readonly rows: readonly Record<string, unknown>[];
}

const SETTING = `SELECT current_setting('test.scope', true) AS scope, $1::integer AS given`;
const FAULTS: [string, string, unknown[]][] = [
  ['a fault of the text', 'SELEC', []],
  ['a missing table', 'SELECT gone FROM missing', []],
  ['a value of the wrong type', 'SELECT $1::integer', ['x']],
  ['a fault while it runs', 'SELECT 1 / $1::integer', [0]],
];

describe.each([
  ['prepared statements', true],
  ['no prepared statements', false],
])('a connection of the service, with %s', (_, prepares) => {
  let database: TestDatabase;
  let client: ServiceClient & { connect(): Promise<void>; end(): Promise<void>; connection: Connection };
  let current = 'alice';
  let roundTrips = 0;

  beforeAll(async () => {
    database = await createPostgres();
    const settings: ServiceClientSettings & { connectionString: string } = {
      connectionString: database.url,
      transactionSetting: { name: 'test.scope', current: () => current },
      statementNames: prepares ? new StatementNames() : undefined,
    };
    client = new ServiceClient(settings) as typeof client;
    await client.connect();
    client.connection.on('readyForQuery', () => (roundTrips += 1));
  });
  beforeEach(() => {
    current = 'alice';
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  const query = async (sql: string, values?: unknown[]): Promise<Answer['rows']> =>
    ((await client.query(sql, values)) as Answer).rows;
  const scope = async (): Promise<unknown> => (await query(SETTING, [1]))[0]?.scope;

  it('sends the setting with the statement, in one round trip and one transaction', async () => {
    for (let time = 0; time < 6; time += 1) {
      roundTrips = 0;
      expect(await query(SETTING, [time])).toEqual([{ scope: 'alice', given: time }]);
      expect(roundTrips).toBe(1);
    }
  });

  it('leaves the setting in no later transaction', async () => {
    await scope();
    current = '';
    expect(await scope()).toBe('');
  });

  it('follows the setting within a transaction, and through its savepoints', async () => {
    await query('START TRANSACTION');
    expect(await scope()).toBe('alice');
    current = 'bob';
    expect(await scope()).toBe('bob');
    await query('SAVEPOINT typeorm_1');
    current = 'carol';
    expect(await scope()).toBe('carol');
    await query('ROLLBACK TO SAVEPOINT typeorm_1');
    expect(await scope()).toBe('carol');
    current = '';
    expect(await scope()).toBe('');
    await query('COMMIT');
  });

  it('takes one statement at a time', async () => {
    await expect(query('SELECT 1; SELECT 2')).rejects.toThrow('multiple commands');
  });

  it.each(FAULTS)('goes on after %s, however often it comes', async (_fault, sql, values) => {
    for (let time = 0; time < 6; time += 1) {
      await expect(query(sql, values)).rejects.toMatchObject({ code: expect.any(String) });
      expect(await scope()).toBe('alice');
    }
  });

  it('ends a transaction that failed', async () => {
    await query('START TRANSACTION');
    await expect(query('SELECT 1 / 0')).rejects.toThrow('division by zero');
    await expect(scope()).rejects.toThrow('current transaction is aborted');
    await query('ROLLBACK');
    expect(await scope()).toBe('alice');
  });

  describe('begins a transaction with its first statement', () => {
    const transactionId = async (): Promise<unknown> =>
      (await query('SELECT pg_current_xact_id()::text AS id'))[0]?.id;
    const kept = async (): Promise<number> => (await query('SELECT n FROM kept')).length;

    beforeEach(async () => {
      await query('DROP TABLE IF EXISTS kept');
      await query('CREATE TABLE kept (n integer)');
      roundTrips = 0;
    });

    it('in its round trip', async () => {
      await query('START TRANSACTION');
      expect(roundTrips).toBe(0);
      expect(await query(SETTING, [1])).toEqual([{ scope: 'alice', given: 1 }]);
      expect([roundTrips, client.getTransactionStatus()]).toEqual([1, 'T']);
      await query('COMMIT');
      expect([roundTrips, client.getTransactionStatus()]).toEqual([2, 'I']);
    });

    it('and sends nothing for a transaction without one', async () => {
      for (const end of ['COMMIT', 'ROLLBACK']) {
        await query('START TRANSACTION');
        await query(end);
      }
      expect(roundTrips).toBe(0);
      expect(await transactionId()).not.toBe(await transactionId());
    });

    it('so that all of them are in it, also those that do not wait for the first', async () => {
      await query('START TRANSACTION');
      const ids = await Promise.all([transactionId(), transactionId(), scope(), transactionId()]);
      await query('ROLLBACK');
      expect(new Set(ids)).toEqual(new Set([ids[0], 'alice']));
    });

    it('and rolls it back', async () => {
      await query('START TRANSACTION');
      await query('INSERT INTO kept VALUES ($1)', [1]);
      await query('ROLLBACK');
      expect(await kept()).toBe(0);
    });

    it.each(['SAVEPOINT typeorm_1', 'SET TRANSACTION ISOLATION LEVEL SERIALIZABLE'])(
      'also where that is %s',
      async (sql) => {
        await query('START TRANSACTION');
        await query(sql);
        await query('INSERT INTO kept VALUES ($1)', [1]);
        await query('ROLLBACK');
        expect(await kept()).toBe(0);
      },
    );

    it.each(FAULTS)('and keeps nothing of it after %s', async (_fault, sql, values) => {
      for (let time = 0; time < 6; time += 1) {
        await query('START TRANSACTION');
        await expect(query(sql, values)).rejects.toMatchObject({ code: expect.any(String) });
        await expect(query('INSERT INTO kept VALUES ($1)', [1])).rejects.toThrow(
          'current transaction is aborted',
        );
        await query('ROLLBACK');
        expect(await kept()).toBe(0);
      }
    });

    it('and keeps nothing after a value that cannot be sent', async () => {
      const unsendable = {
        toPostgres: () => {
          throw new Error('no value');
        },
      };
      await query('START TRANSACTION');
      await expect(query('INSERT INTO kept VALUES ($1)', [unsendable])).rejects.toThrow('no value');
      await query('ROLLBACK');
      expect([await kept(), client.getTransactionStatus()]).toEqual([0, 'I']);
    });

    it('and refuses every further one when it could not begin', async () => {
      await query('BEGIN');
      await expect(query('SELECT 1 / 0')).rejects.toThrow('division by zero');
      await query('START TRANSACTION');
      const [first, second] = await Promise.allSettled([transactionId(), transactionId()]);
      expect(first).toMatchObject({ reason: { message: expect.stringContaining('aborted') } });
      expect(second).toMatchObject({ reason: { message: 'the transaction did not begin' } });
      await expect(query('INSERT INTO kept VALUES ($1)', [1])).rejects.toThrow('did not begin');
      await expect(query('COMMIT')).rejects.toThrow('did not begin');
      expect([await kept(), client.getTransactionStatus()]).toEqual([0, 'I']);
    });
  });

  it('refuses what could not carry the setting', () => {
    expect(() => client.query({ text: 'SELECT 1' })).toThrow('cannot carry its scope');
    expect(() => client.query('SELECT 1', [], () => {})).toThrow('cannot carry its scope');
  });

  it(prepares ? 'prepares what comes often, once' : 'prepares nothing', async () => {
    const often = 'SELECT $1::text AS often';
    for (let time = 0; time < 10; time += 1) expect(await query(often, ['x'])).toEqual([{ often: 'x' }]);
    const prepared = await query('SELECT statement FROM pg_prepared_statements WHERE statement = $1', [
      often,
    ]);
    expect(prepared).toHaveLength(prepares ? 1 : 0);
  });

  describe(prepares ? 'asks once what the rows of a prepared statement are like' : 'asks each time', () => {
    const answers: [string, string, unknown[]][] = [
      ['several', 'SELECT n, $1::text AS given FROM generate_series(1, 2) AS n', ['x']],
      ['none', 'SELECT n, $1::text AS given FROM generate_series(1, 0) AS n', ['x']],
      ['of every type', `SELECT NULL::text AS a, 1.5::float8 AS b, '{"c": [1]}'::jsonb AS c, true AS d`, []],
      ['of one name', 'SELECT $1::integer AS n, 2 AS n', [1]],
      ['of a change', `UPDATE pg_temp.changed SET n = $1 RETURNING n`, [2]],
      ['of a change that returns none', `UPDATE pg_temp.changed SET n = $1`, [3]],
    ];
    let described = 0;
    const count = (): void => void (described += 1);

    beforeAll(async () => {
      await query('CREATE TEMPORARY TABLE changed AS SELECT 1 AS n');
      client.connection.on('rowDescription', count);
      client.connection.on('noData', count);
    });
    afterAll(() => {
      client.connection.off('rowDescription', count);
      client.connection.off('noData', count);
    });

    it.each(answers)('%s', async (_rows, sql, values) => {
      const first = (await client.query(sql, values)) as Answer;
      for (let time = 0; time < 3; time += 1) await query(sql, values);
      described = 0;
      for (let time = 0; time < 3; time += 1) expect(await client.query(sql, values)).toEqual(first);
      expect(described).toBe(prepares ? 0 : 3);
    });

    it('and so never reads those of another form', async () => {
      const sql = 'SELECT changing FROM pg_temp.of_a_type';
      await query('CREATE TEMPORARY TABLE of_a_type AS SELECT 7 AS changing');
      for (let time = 0; time < 6; time += 1) expect(await query(sql)).toEqual([{ changing: 7 }]);
      await query(`ALTER TABLE of_a_type ALTER COLUMN changing TYPE boolean USING true`);
      const found = query(sql);
      if (prepares) await expect(found).rejects.toThrow('cached plan must not change result type');
      else expect(await found).toEqual([{ changing: true }]);
      expect(await scope()).toBe('alice');
    });

    it('and goes on after a value that cannot be sent', async () => {
      const sql = 'SELECT $1::text AS sent';
      const unsendable = {
        toPostgres: () => {
          throw new Error('no value');
        },
      };
      for (let time = 0; time < 6; time += 1) await query(sql, ['x']);
      await expect(query(sql, [unsendable])).rejects.toThrow('no value');
      expect(await query(sql, ['y'])).toEqual([{ sent: 'y' }]);
    });
  });
});

describe('a connection of the service without a setting', () => {
  let database: TestDatabase;
  let client: pg.Client;

  beforeAll(async () => {
    database = await createPostgres();
    const settings = { connectionString: database.url, statementNames: new StatementNames() };
    client = new ServiceClient(settings) as unknown as pg.Client;
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  it('takes several statements in one text, within the transaction and however often', async () => {
    for (let time = 0; time < 6; time += 1) {
      await client.query('START TRANSACTION');
      await client.query('CREATE TABLE one (n integer); CREATE TABLE two (n integer)');
      await client.query('ROLLBACK');
    }
    const { rows } = await client.query(`SELECT to_regclass('one') AS one, to_regclass('two') AS two`);
    expect(rows).toEqual([{ one: null, two: null }]);
  });

  it('lets nothing else begin a transaction', async () => {
    await client.query('START TRANSACTION');
    expect(() => client.query({ text: 'SELECT 1' })).toThrow('cannot begin a transaction');
    await client.query('SELECT 1');
    await client.query({ text: 'SELECT 1' });
    await client.query('COMMIT');
  });
});

describe('names of statements', () => {
  it('are given to what was used before, each its own, and kept', () => {
    const names = new StatementNames();
    const asked = (text: string): (string | undefined)[] =>
      Array.from({ length: 5 }, () => names.nameOf(text));
    expect(asked('SELECT 1')).toEqual([undefined, undefined, undefined, 'onauth_1', 'onauth_1']);
    expect(asked('SELECT 2').at(-1)).toBe('onauth_2');
    expect(names.nameOf('SELECT 1')).toBe('onauth_1');
  });

  it('are not given to a list of columns that may grow', () => {
    const names = new StatementNames();
    for (const text of ['SELECT * FROM run', 'UPDATE run SET x = 1 RETURNING *'])
      expect(Array.from({ length: 9 }, () => names.nameOf(text)).at(-1)).toBeUndefined();
  });

  it('are limited, however many texts come', () => {
    const names = new StatementNames();
    const given = new Set<string | undefined>();
    for (let text = 0; text < 500; text += 1)
      for (let use = 0; use < 5; use += 1) given.add(names.nameOf(`SELECT ${text}`));
    expect(given.size).toBe(101);
  });
});
