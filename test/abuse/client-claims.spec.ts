import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { databases, type TestDatabase } from '../support/databases.js';
import { objectOf, startRuns, type RunsApplication } from '../runs/api/runs.application.js';
import type { Caller } from '../support/application.js';

const POSING = {
  'x-user-id': 'bob',
  'x-forwarded-user': 'bob',
  'x-tenant-id': 'tenant-b',
  'x-api-key': 'bob',
  'x-auth-scheme': 'langsmith',
  'x-model': 'chosen-by-a-header',
};

describe.each(databases)('what a client says of itself, on $dialect,', ({ create }) => {
  let database: TestDatabase;
  let server: RunsApplication;
  let alice: Caller;
  let bob: Caller;

  beforeAll(async () => {
    database = await create();
    server = await startRuns(database);
    ({ alice, bob } = server);
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  const values = async (caller: Caller, config: object, headers: Record<string, string> = {}) => {
    const body = { assistant_id: 'context', input: {}, config };
    return objectOf(await caller('POST', '/runs/wait', body, headers)).seen;
  };

  it('in headers becomes neither its identity nor a part of a run’s config (abuse case 18)', async () => {
    expect(await values(alice, {}, POSING)).toMatchObject({ user: 'alice' });
    expect(JSON.stringify(await values(alice, {}, POSING))).not.toMatch(/bob|tenant-b|chosen-by-a-header/);
    const { thread_id, metadata } = objectOf(await alice('POST', '/threads', {}, POSING));
    expect(metadata).toEqual({ owner: 'alice' });
    expect((await bob('GET', `/threads/${String(thread_id)}`)).status).toBe(404);
  });

  it('in the config of a run does not change whom the graph is told (abuse case 19)', async () => {
    const configurable = {
      langgraph_auth_user: { identity: 'bob' },
      langgraph_auth_user_id: 'bob',
      langgraph_auth_permissions: ['admin'],
      user_id: 'bob',
    };
    expect(await values(alice, { configurable })).toMatchObject({ user: 'alice' });
  });

  it('cancels nothing where one id of several is not its own, in whatever order and however often (abuse case 34)', async () => {
    const begin = async (caller: Caller) => {
      const thread = await server.newThread(caller);
      const body = { assistant_id: 'slow', input: { ms: 60_000 } };
      return objectOf(await caller('POST', `/threads/${thread}/runs`, body));
    };
    const own = await begin(alice);
    const foreign = await begin(bob);
    const path = `/threads/${String(own.thread_id)}/runs/${String(own.run_id)}`;
    const missing = randomUUID();
    const refused = [];
    for (const other of [foreign.run_id, missing]) {
      for (const run_ids of [
        [own.run_id, other],
        [other, own.run_id, own.run_id],
      ])
        refused.push(await alice('POST', '/runs/cancel', { run_ids }));
    }
    expect(new Set(refused.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(refused[0].status).toBe(404);
    expect(objectOf(await alice('GET', path)).status).toMatch(/pending|running/);
    const twice = { run_ids: [own.run_id, own.run_id], thread_id: own.thread_id };
    expect((await alice('POST', '/runs/cancel', twice)).status).toBe(204);
    await bob('POST', `/threads/${String(foreign.thread_id)}/runs/${String(foreign.run_id)}/cancel?wait=1`);
  });

  it('in Last-Event-ID reaches no event of a run that is not its own any more (abuse case 56)', async () => {
    const thread = await server.newThread(alice);
    const body = { assistant_id: 'chat', input: { messages: [] }, stream_resumable: true };
    const created = await alice('POST', `/threads/${thread}/runs/stream`, body);
    const path = `${String(created.headers.get('content-location'))}/stream`;
    const replayed = await alice('GET', path, undefined, { 'last-event-id': '-1' });
    expect(replayed.text).toContain('event: metadata');
    const missing = `/threads/${thread}/runs/${randomUUID()}/stream`;
    for (const id of ['-1', '-', '0', '1', '-5', '999999999999999', '1e9', "1' OR '1'='1"]) {
      const headers = { 'last-event-id': id };
      const foreign = await bob('GET', path, undefined, headers);
      expect(foreign.text).toBe((await bob('GET', missing, undefined, headers)).text);
      expect(foreign.text).not.toContain('event: metadata');
    }
  });
});
