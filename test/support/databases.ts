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

const ROLE_PASSWORD = 'app';

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
export const databases: readonly TestDatabaseKind[] = [
  ...(IS_CLUSTER ? [] : [{ dialect: 'sqlite' as const, create: createSqlite }]),
  {
    dialect: 'postgres' as const,
    create: process.env.TEST_ROW_SECURITY === 'on' ? createSecured : () => createPostgres(),
  },
].filter(({ dialect }) => [undefined, '', dialect].includes(process.env.TEST_DATABASE));

/** The same without row-level security, whatever is asked for: for specs of what it has otherwise, or none of. */
export const plainDatabases: readonly TestDatabaseKind[] = databases.map(({ dialect, create }) => ({
  dialect,
  create: dialect === 'postgres' ? () => createPostgres() : create,
}));

/**
 * A PostgreSQL whose tables keep their scope themselves, with a role for the service that owns nothing. With TEST_ROW_SECURITY=on
 * it is the PostgreSQL of every spec.
 */
export const securedPostgres: TestDatabaseKind = { dialect: 'postgres', create: createSecured };

export interface TestDatabaseKind {
  readonly dialect: 'sqlite' | 'postgres';
  readonly create: () => Promise<TestDatabase>;
}

/** What the persistence module takes to work on a secured database; nothing for another one. */
export function rowSecurityOf(databaseUrl: string): { readonly servingUrl: string } | undefined {
  const servingUrl = servingUrlOf(databaseUrl);
  return servingUrl === undefined ? undefined : { servingUrl };
}

/** What the environment of a server says to work on a secured database; nothing for another one. */
export function rowSecurityIn(databaseUrl: string): Record<string, string> {
  const servingUrl = servingUrlOf(databaseUrl);
  return servingUrl === undefined ? {} : { PG_RLS: 'on', DATABASE_APP_URL: servingUrl };
}

/** The URL of the role that the service works with on a secured database, which its name tells; none for another one. */
export function servingUrlOf(databaseUrl: string): string | undefined {
  const [, name] = /^postgres:.*\/(secured_\w+)$/.exec(databaseUrl) ?? [];
  if (name === undefined) return undefined;
  return Object.assign(new URL(databaseUrl), { username: `${name}_app`, password: ROLE_PASSWORD }).href;
}

async function createSqlite(): Promise<TestDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'onauth-sqlite-'));
  return {
    url: `sqlite:${join(directory, 'test.db')}`,
    drop: () => rm(directory, { recursive: true, force: true }),
  };
}

async function createSecured(): Promise<TestDatabase> {
  const { url, drop } = await createPostgres('secured');
  const { username: role } = new URL(servingUrlOf(url) ?? '');
  await runOn(url, `CREATE ROLE ${role} LOGIN PASSWORD '${ROLE_PASSWORD}'`);
  const dropWithRole = async () => {
    await drop();
    await runOn(postgresServer(), `DROP ROLE ${role}`);
  };
  return { url, drop: dropWithRole };
}

function postgresServer(): string {
  const server = process.env.TEST_POSTGRES_URL;
  if (!server)
    throw new Error('TEST_POSTGRES_URL is not set: jest did not run test/support/global-setup.mjs');
  return server;
}

/** An empty database on the PostgreSQL of the whole test run. */
export async function createPostgres(prefix = 'test'): Promise<TestDatabase> {
  const server = postgresServer();
  const name = `${prefix}_${randomBytes(8).toString('hex')}`;
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
