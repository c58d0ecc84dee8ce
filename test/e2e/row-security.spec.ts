import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startApplication, type Answer, type Caller, type TestApplication } from '../support/application.js';
import { securedPostgres, servingUrlOf, type TestDatabase } from '../support/databases.js';

const INPUT = { messages: [{ role: 'human', content: 'hello' }] };

const TABLES = [
  'assistant',
  'assistant_version',
  'checkpoint',
  'checkpoint_blob',
  'checkpoint_write',
  'cron',
  'relayed_end',
  'relayed_event',
  'request_count',
  'revocation',
  'run',
  'run_event',
  'store_item',
  'store_vector',
  'thread',
  'webhook_delivery',
];

/** As they are there while other processes or receivers are waited for, or the store finds by meaning. */
const ROWS_WITHOUT_A_ROUTE = [
  `INSERT INTO relayed_event SELECT run_id, 0, 'values', '{}', false, 0 FROM run LIMIT 1`,
  `INSERT INTO request_count VALUES ('alice', 1, 0)`,
  `INSERT INTO revocation VALUES ('a', 'alice', 0)`,
  `INSERT INTO relayed_end SELECT run_id, '{}', 0 FROM run LIMIT 1`,
  `INSERT INTO webhook_delivery SELECT run_id, run_id, thread_id, 'http://127.0.0.1', 'http://127.0.0.1', '{}', 'failed', 0, 1, 0
    FROM run LIMIT 1`,
  `INSERT INTO store_vector SELECT namespace, key, 0, '$', 1, '[1]', 0 FROM store_item LIMIT 1`,
];

async function connect(url: string | undefined): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

/**
 * A round through everything that has rows. The other specs go the same ways on such a database with TEST_ROW_SECURITY=on.
 */
describe('a server under row-level security', () => {
  let database: TestDatabase;
  let server: TestApplication;
  let [alice, bob]: Caller[] = [];

  beforeAll(async () => {
    database = await securedPostgres.create();
    server = await startApplication({ databaseUrl: database.url });
    [alice, bob] = [await server.as('alice'), await server.as('bob')];
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  const body = (answer: Answer): Record<string, unknown> => {
    expect(answer.status).toBe(200);
    return answer.body as Record<string, unknown>;
  };
  const newThread = async (caller: Caller): Promise<string> =>
    String(body(await caller('POST', '/threads', {})).thread_id);

  it('runs graphs, keeps what they did, and shows it to their owner alone', async () => {
    const id = await newThread(alice);
    const run = { assistant_id: 'agent', input: INPUT };
    expect((await alice('POST', `/threads/${id}/runs/wait`, run)).text).toContain('echo: hello');
    expect(
      (await alice('POST', `/threads/${id}/runs/stream`, { ...run, stream_resumable: true })).text,
    ).toContain('event: values');
    expect(body(await alice('GET', `/threads/${id}`))).toMatchObject({ status: 'idle' });
    expect(body(await alice('GET', `/threads/${id}/state`))).toMatchObject({ next: [] });
    expect(body(await alice('GET', `/threads/${id}/history`))).not.toHaveLength(0);
    expect(body(await alice('GET', `/threads/${id}/runs`))).toHaveLength(2);
    for (const path of ['', '/state', '/history', '/runs'])
      expect((await bob('GET', `/threads/${id}${path}`)).status).toBe(404);
    expect((await bob('DELETE', `/threads/${id}`)).status).toBe(404);
    expect((await alice('DELETE', `/threads/${id}`)).status).toBe(204);
  });

  it('finds, counts and changes what is its own', async () => {
    const [mine] = [await newThread(bob), await newThread(alice)];
    const found = await bob('POST', '/threads/search', { metadata: { owner: 'bob' } });
    expect(body(found)).toEqual([expect.objectContaining({ thread_id: mine })]);
    expect((await bob('POST', '/threads/count', {})).body).toBe(1);
    expect(body(await bob('PATCH', `/threads/${mine}`, { metadata: { a: 1 } }))).toMatchObject({
      metadata: { owner: 'bob', a: 1 },
    });
    expect(body(await bob('POST', `/threads/${mine}/copy`))).toMatchObject({
      metadata: { owner: 'bob', a: 1 },
    });
  });

  it('answers a chosen id that is taken as ever', async () => {
    const id = await newThread(alice);
    expect((await bob('POST', '/threads', { thread_id: id })).status).toBe(409);
    expect((await bob('POST', '/threads', { thread_id: id, if_exists: 'do_nothing' })).status).toBe(409);
  });

  it('has assistants, with their versions', async () => {
    const { assistant_id: id } = body(await alice('POST', '/assistants', { graph_id: 'agent', name: 'one' }));
    expect(body(await alice('PATCH', `/assistants/${String(id)}`, { name: 'two' }))).toMatchObject({
      version: 2,
    });
    expect(body(await alice('POST', `/assistants/${String(id)}/versions`, {}))).toHaveLength(2);
    expect((await bob('GET', `/assistants/${String(id)}`)).status).toBe(404);
    expect((await bob('GET', '/assistants/agent')).status).toBe(
      (await alice('GET', '/assistants/agent')).status,
    );
  });

  it('works as a role that sees nothing by itself', async () => {
    const id = await newThread(alice);
    const run = { assistant_id: 'agent', input: INPUT, stream_resumable: true };
    await alice('POST', `/threads/${id}/runs/stream`, run);
    await alice('POST', '/runs/crons', { assistant_id: 'agent', schedule: '0 0 1 1 *', input: INPUT });
    await alice('PUT', '/store/items', { namespace: ['alice', 'notes'], key: 'a', value: { text: 'mine' } });
    const [owner, intruder] = await Promise.all([database.url, servingUrlOf(database.url)].map(connect));
    for (const sql of ROWS_WITHOUT_A_ROUTE) await owner.query(sql);
    for (const table of TABLES) {
      const count = `SELECT count(*)::integer AS "${table}" FROM "${table}"`;
      expect((await owner.query(count)).rows).not.toEqual([{ [table]: 0 }]);
      expect((await intruder.query(count)).rows).toEqual([{ [table]: 0 }]);
    }
    await Promise.all([owner.end(), intruder.end()]);
  });

  it('starts again on what it has made', async () => {
    const id = await newThread(alice);
    const again = await startApplication({ databaseUrl: database.url });
    expect((await (await again.as('alice'))('GET', `/threads/${id}`)).status).toBe(200);
    await again.stop();
  });
});
