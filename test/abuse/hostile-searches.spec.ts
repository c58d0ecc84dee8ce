import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApplication, type Caller, type TestApplication } from '../support/application.js';
import { databases, type TestDatabase } from '../support/databases.js';

describe.each(databases)('searches on $dialect', ({ create }) => {
  let database: TestDatabase;
  let application: TestApplication;
  let alice: Caller;

  beforeAll(async () => {
    database = await create();
    application = await startApplication({ databaseUrl: database.url });
    alice = await application.as('alice');
    await alice('POST', '/threads', {});
  });

  afterAll(async () => {
    await application.stop();
    await database.drop();
  });

  it.each([
    ['/threads/search', 'thread_id'],
    ['/assistants/search', 'name'],
    ['/runs/crons/search', 'cron_id'],
  ])('refuse a text where %s selects a list of fields (abuse case 50)', async (path, select) => {
    expect(await alice('POST', path, { select })).toMatchObject({ status: 422 });
  });

  it.each(['metadata', 'values'])(
    'never fail on %s that are nested as deeply as a body may be',
    async (field) => {
      const { status } = await alice('POST', '/threads/search', { [field]: { list: nestedList(90) } });
      expect([200, 422]).toContain(status);
    },
  );

  it('refuse a history by more metadata than other searches take', async () => {
    const thread = (await alice('POST', '/threads', { metadata: { graph_id: 'agent' } })).body as {
      thread_id: string;
    };
    const metadata = Object.fromEntries(Array.from({ length: 1_500 }, (_, index) => [`key_${index}`, index]));
    const answer = await alice('POST', `/threads/${thread.thread_id}/history`, { metadata });
    expect(answer).toMatchObject({ status: 422 });
  });

  it.each(['/state/%00', '/state?checkpoint_id=%00', '/history?before=%00'])(
    'never fail on a NUL in a URL: %s',
    async (path) => {
      const thread = (await alice('POST', '/threads', { metadata: { graph_id: 'agent' } })).body as {
        thread_id: string;
      };
      const { status } = await alice('GET', `/threads/${thread.thread_id}${path}`);
      expect([200, 404, 422]).toContain(status);
    },
  );

  it('and runs work for a token whose claims have text that jsonb cannot hold', async () => {
    const odd = await application.as('carol', { note: 'a\u0000b' });
    const { status } = await odd('POST', '/runs', { assistant_id: 'agent', input: null, after_seconds: 900 });
    expect([200, 401]).toContain(status);
  });
});

function nestedList(levels: number): unknown {
  return Array.from({ length: levels }).reduce<unknown>((inner) => [inner], 1);
}
