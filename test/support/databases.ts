import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { IS_CLUSTER } from './cluster/cluster.mode.js';

/** An empty database that nobody else uses. */
export interface TestDatabase {
  /** What the service takes as its database URL. */
  readonly url: string;
  /** Removes it. Close every connection of your own first. */
  readonly drop: () => Promise<void>;
}

/**
 * Both databases, for `describe.each`; of a cluster only the one that it can run on, and where `TEST_DATABASE` names one, only that.
 *
 * @example
 * describe.each(databases)('threads on $dialect', ({ create }) => {
 *   let database: TestDatabase;
 *   beforeAll(async () => { database = await create(); });
 *   afterAll(() => database.drop());
 * });
 */
export const databases: readonly { dialect: 'sqlite' | 'postgres'; create: () => Promise<TestDatabase> }[] = [
  ...(IS_CLUSTER ? [] : [{ dialect: 'sqlite' as const, create: createSqlite }]),
  { dialect: 'postgres' as const, create: createPostgres },
].filter(({ dialect }) => [undefined, '', dialect].includes(process.env.TEST_DATABASE));

async function createSqlite(): Promise<TestDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'onauth-sqlite-'));
  return {
    url: `sqlite:${join(directory, 'test.db')}`,
    drop: () => rm(directory, { recursive: true, force: true }),
  };
}

/** An empty database on the PostgreSQL of the whole test run. */
export async function createPostgres(): Promise<TestDatabase> {
  const server = process.env.TEST_POSTGRES_URL;
  if (!server)
    throw new Error('TEST_POSTGRES_URL is not set: jest did not run test/support/global-setup.mjs');
  const name = `test_${randomBytes(8).toString('hex')}`;
  await runOn(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => runOn(server, `DROP DATABASE ${name} WITH (FORCE)`) };
}

async function runOn(server: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
