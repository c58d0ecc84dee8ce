import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startApplication, type Answer, type Caller, type TestApplication } from '../support/application.js';
import { securedPostgres, servingUrlOf, type TestDatabase } from '../support/databases.js';

const INPUT = { messages: [{ role: 'human', content: 'hello' }] };

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
    const intruder = new pg.Client({ connectionString: servingUrlOf(database.url) });
    await intruder.connect();
    const { rows } = await intruder.query<{ table: string; rows: string }>(`
      SELECT 'thread' AS table, count(*) AS rows FROM thread UNION ALL SELECT 'run', count(*) FROM run
      UNION ALL SELECT 'run_event', count(*) FROM run_event UNION ALL SELECT 'checkpoint', count(*) FROM checkpoint
      UNION ALL SELECT 'checkpoint_blob', count(*) FROM checkpoint_blob
      UNION ALL SELECT 'checkpoint_write', count(*) FROM checkpoint_write
      UNION ALL SELECT 'store_item', count(*) FROM store_item UNION ALL SELECT 'assistant', count(*) FROM assistant
      UNION ALL SELECT 'assistant_version', count(*) FROM assistant_version`);
    expect(rows).toHaveLength(9);
    expect(rows.filter(({ rows: count }) => count !== '0')).toEqual([]);
    await intruder.end();
  });

  it('starts again on what it has made', async () => {
    const id = await newThread(alice);
    const again = await startApplication({ databaseUrl: database.url });
    expect((await (await again.as('alice'))('GET', `/threads/${id}`)).status).toBe(200);
    await again.stop();
  });
});
