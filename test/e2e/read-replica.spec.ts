import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { v7 as uuid } from 'uuid';
import { startApplication, type Answer, type Caller, type TestApplication } from '../support/application.js';
import { createPostgres, securedPostgres, servingUrlOf, type TestDatabase } from '../support/databases.js';

interface Copy {
  /** What the service reads from. */
  readonly url: string;
  readonly superuserUrl: string;
  readonly drop: () => Promise<void>;
}

const onDatabase = (url: string, name: string): string =>
  Object.assign(new URL(url), { pathname: `/${name}` }).href;

async function runOn(url: string, sql: string, values: unknown[] = []): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql, values);
  } finally {
    await client.end();
  }
}

/** What a replica is at first: the same tables, policies, privileges and secret. It gets nothing of what comes later. */
async function copyOf({ url }: TestDatabase): Promise<Copy> {
  const source = new URL(url).pathname.slice(1);
  const name = `${source}_copy`;
  const others = 'SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1';
  await runOn(onDatabase(url, 'postgres'), others, [source]);
  await runOn(onDatabase(url, 'postgres'), `CREATE DATABASE ${name} TEMPLATE ${source}`);
  return {
    url: onDatabase(servingUrlOf(url) ?? url, name),
    superuserUrl: onDatabase(url, name),
    drop: () => runOn(onDatabase(url, 'postgres'), `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

async function insertThread(url: string, owner: string): Promise<string> {
  const id = uuid();
  await runOn(
    url,
    `INSERT INTO thread (thread_id, created_at, updated_at, metadata, status, config, interrupts, revision)
     VALUES ($1, 0, 0, jsonb_build_object('owner', $2::text), 'idle', '{}', '{}', 0)`,
    [id, owner],
  );
  return id;
}

describe.each([
  { name: 'without row-level security', create: () => createPostgres() },
  { name: 'under row-level security', create: securedPostgres.create },
])('a server with a read replica, $name', ({ create }) => {
  let database: TestDatabase;
  let copy: Copy;
  let server: TestApplication;
  let alice: Caller;
  /** Alice's and Bob's, on the replica alone. */
  let [onlyThere, foreign]: string[] = [];

  beforeAll(async () => {
    database = await create();
    await (await startApplication({ databaseUrl: database.url })).stop();
    copy = await copyOf(database);
    [onlyThere, foreign] = [
      await insertThread(copy.superuserUrl, 'alice'),
      await insertThread(copy.superuserUrl, 'bob'),
    ];
    server = await start(copy.url);
    alice = await server.as('alice');
  });
  afterAll(async () => {
    await server.stop();
    await copy.drop();
    await database.drop();
  });

  const start = (readUrl: string): Promise<TestApplication> =>
    startApplication({ databaseUrl: database.url, environment: { DATABASE_READ_URL: readUrl } });
  const idsIn = ({ body }: Answer, key = 'thread_id'): unknown[] =>
    (body as Record<string, unknown>[]).map((row) => row[key]);
  const created = async (path: string, body: object, key: string): Promise<string> =>
    String(((await alice('POST', path, body)).body as Record<string, unknown>)[key]);

  it('searches and counts threads there, without those of others', async () => {
    await created('/threads', {}, 'thread_id');
    expect(idsIn(await alice('POST', '/threads/search', {}))).toEqual([onlyThere]);
    expect((await alice('POST', '/threads/count', {})).body).toBe(1);
    expect(idsIn(await alice('POST', '/threads/search', { ids: [foreign] }))).toEqual([]);
    expect(idsIn(await (await server.as('bob'))('POST', '/threads/search', {}))).toEqual([foreign]);
  });

  it('searches and counts assistants there', async () => {
    const id = await created('/assistants', { graph_id: 'agent', name: 'mine' }, 'assistant_id');
    expect(idsIn(await alice('POST', '/assistants/search', {}), 'assistant_id')).not.toContain(id);
    expect((await alice('POST', '/assistants/count', { name: 'mine' })).body).toBe(0);
    expect((await alice('GET', `/assistants/${id}`)).status).toBe(200);
  });

  it('reads everything else from the primary: what was written just now, and what something is done to', async () => {
    const id = await created('/threads', {}, 'thread_id');
    const run = { assistant_id: 'agent', input: { messages: [{ role: 'human', content: 'hello' }] } };
    expect((await alice('GET', `/threads/${id}`)).status).toBe(200);
    expect((await alice('POST', `/threads/${id}/runs/wait`, run)).status).toBe(200);
    expect((await alice('GET', `/threads/${id}/runs`)).body).toHaveLength(1);
    expect((await alice('PATCH', `/threads/${id}`, { metadata: { a: 1 } })).status).toBe(200);
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/state'],
      ['GET', '/runs'],
      ['PATCH', ''],
      ['DELETE', ''],
    ] as const) {
      const body = method === 'PATCH' ? { metadata: {} } : undefined;
      expect((await alice(method, `/threads/${onlyThere}${path}`, body)).status).toBe(404);
    }
  });

  it('finds on the primary the threads that go with their assistant', async () => {
    const assistant = await created('/assistants', { graph_id: 'agent' }, 'assistant_id');
    const thread = await created('/threads', { metadata: { assistant_id: assistant } }, 'thread_id');
    const deleted = await alice('DELETE', `/assistants/${assistant}?delete_threads=true`);
    expect(deleted.status).toBeLessThan(300);
    expect((await alice('GET', `/threads/${thread}`)).status).toBe(404);
  });

  it('finds crons on the primary, since each belongs to a thread', async () => {
    const cron = await created('/runs/crons', { assistant_id: 'agent', schedule: '0 0 1 1 *' }, 'cron_id');
    expect(idsIn(await alice('POST', '/runs/crons/search', {}), 'cron_id')).toEqual([cron]);
  });

  it('starts while the replica is away, and answers from the primary', async () => {
    const away = Object.assign(new URL(copy.url), { port: '1' }).href;
    const other = await start(away);
    const id = await insertThread(database.url, 'carol');
    expect(idsIn(await (await other.as('carol'))('POST', '/threads/search', {}))).toEqual([id]);
    await other.stop();
  });

  it.each([
    ['another password', (url: URL) => (url.password = 'hunter2')],
    ['a database that is not there', (url: URL) => (url.pathname = '/missing')],
  ])('does not start with %s', async (_, change) => {
    const url = new URL(copy.url);
    change(url);
    const refusal = await start(url.href).catch((error: unknown) => error);
    expect(refusal).toMatchObject({
      name: expect.stringMatching(/^(?:ReadReplica|RowSecurity)Error$/),
      message: expect.stringContaining('DATABASE_READ_URL'),
    });
    expect(String(refusal)).not.toContain('hunter2');
  });

  it('does not start on a database that is no replica', async () => {
    const other = await create();
    const url = onDatabase(copy.url, new URL(other.url).pathname.slice(1));
    await expect(start(url)).rejects.toMatchObject({
      name: 'ReadReplicaError',
      message: expect.stringContaining('without the table'),
    });
    await other.drop();
  });
});

describe('a read replica under row-level security', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await securedPostgres.create();
    await (await startApplication({ databaseUrl: database.url })).stop();
  });
  afterAll(() => database.drop());

  const start = (readUrl: string): Promise<TestApplication> =>
    startApplication({ databaseUrl: database.url, environment: { DATABASE_READ_URL: readUrl } });

  it('is not read by a role that policies do not hold', async () => {
    await expect(start(database.url)).rejects.toMatchObject({
      name: 'RowSecurityError',
      message: expect.stringContaining('of DATABASE_READ_URL is a superuser'),
    });
  });

  it('is not one that has a secret of its own', async () => {
    const copy = await copyOf(database);
    await runOn(copy.superuserUrl, `UPDATE onauth.scope_secret SET outer_key = '\\x00'`);
    await expect(start(copy.url)).rejects.toMatchObject({
      name: 'RowSecurityError',
      message: expect.stringContaining('DATABASE_READ_URL names a database with a secret of its own'),
    });
    await copy.drop();
  });
});
