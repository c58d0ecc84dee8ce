import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OnAuth, type HandlerArgument } from '../../src/on-auth/index.js';
import type { Caller } from '../support/application.js';
import { databases } from '../support/databases.js';
import {
  createAssistant,
  startAssistants,
  type AssistantBody,
  type AssistantsServer,
} from './support/assistants.server.js';

/** Everything that names an assistant in its path, with a body where the route takes one. */
const ROUTES: readonly { method: string; path: string; body?: object }[] = [
  { method: 'GET', path: '' },
  { method: 'PATCH', path: '', body: {} },
  { method: 'PATCH', path: '', body: { name: 'mine', metadata: { owner: 'bob' } } },
  { method: 'DELETE', path: '' },
  { method: 'DELETE', path: '?delete_threads=true' },
  { method: 'GET', path: '/graph' },
  { method: 'GET', path: '/graph?xray=true' },
  { method: 'GET', path: '/schemas' },
  { method: 'GET', path: '/subgraphs' },
  { method: 'GET', path: '/subgraphs?recurse=true' },
  { method: 'GET', path: '/subgraphs/child' },
  { method: 'POST', path: '/versions', body: {} },
  { method: 'POST', path: '/versions', body: { metadata: { owner: 'alice' } } },
  { method: 'POST', path: '/latest', body: { version: 1 } },
  { method: 'POST', path: '/latest', body: { version: 9 } },
];

/** Owns like the default policy, but a row that says it is public can be read by all, and admins change every row. */
@Injectable()
class SharingPolicy {
  @OnAuth()
  own({ user }: HandlerArgument) {
    return { owner: user.identity };
  }

  @OnAuth('assistants')
  assistants({ user, action, value }: HandlerArgument<'assistants'>) {
    if (action === 'create') {
      value.metadata = { ...value.metadata, owner: user.identity };
    }
    if (action === 'read') return { $or: [{ owner: user.identity }, { public: true }] };
    return user.identity === 'admin' ? true : { owner: user.identity };
  }
}

describe.each(databases)('assistants of others on $dialect', ({ create }) => {
  let server: AssistantsServer;
  let alice: Caller;
  let bob: Caller;
  let hers: AssistantBody;

  beforeAll(async () => {
    server = await startAssistants(create);
    ({ alice, bob } = server);
    hers = await createAssistant(alice, { name: 'hers', metadata: { secret: 's3cret' } });
    await alice('PATCH', `/assistants/${hers.assistant_id}`, { name: 'hers still' });
  });
  afterAll(() => server.stop());

  it.each(ROUTES)(
    '$method "$path" answers as for an id that never existed',
    async ({ method, path, body }) => {
      const foreign = await bob(method, `/assistants/${hers.assistant_id}${path}`, body);
      const missing = await bob(method, `/assistants/${randomUUID()}${path}`, body);
      expect([foreign.status, foreign.text]).toEqual([404, '{"detail":"Assistant not found"}']);
      expect([missing.status, missing.text]).toEqual([404, foreign.text]);
      const plain = ({ headers }: typeof foreign) => [...headers].filter(([name]) => name !== 'date');
      expect(plain(foreign)).toEqual(plain(missing));
    },
  );

  it('stay as they were, whatever was tried', async () => {
    const { body } = await alice('GET', `/assistants/${hers.assistant_id}`);
    expect(body).toMatchObject({
      name: 'hers still',
      version: 2,
      metadata: { owner: 'alice', secret: 's3cret' },
    });
    const { body: versions } = await alice('POST', `/assistants/${hers.assistant_id}/versions`);
    expect((versions as AssistantBody[]).map(({ version }) => version)).toEqual([2, 1]);
  });

  it.each<[string, object]>([
    ['everything', {}],
    ['her metadata', { metadata: { secret: 's3cret' } }],
    ['her as the owner', { metadata: { owner: 'alice' } }],
    ['the name', { name: 'hers' }],
    ['the graph', { graph_id: 'agent' }],
  ])('are neither found nor counted by a search for %s', async (_, criteria) => {
    const found = await bob(
      'POST',
      '/assistants/search',
      { limit: 1000, ...criteria },
      { prefer: 'count=exact' },
    );
    const ids = (found.body as AssistantBody[]).map(({ assistant_id }) => assistant_id);
    expect(ids).not.toContain(hers.assistant_id);
    const count = await bob('POST', '/assistants/count', criteria);
    expect(count.body).toBe(ids.length);
    expect(found.headers.get('x-pagination-total')).toBe(String(ids.length));
  });

  it.each(['raise', 'do_nothing'])(
    'keep their id from being taken, and show nothing (%s)',
    async (if_exists) => {
      const { status, text } = await bob('POST', '/assistants', {
        graph_id: 'agent',
        assistant_id: hers.assistant_id,
        if_exists,
      });
      expect([status, text]).toEqual([409, '{"detail":"Assistant already exists"}']);
    },
  );

  it('cannot be made by stamping another owner', async () => {
    const created = await createAssistant(bob, { metadata: { owner: 'alice' } });
    expect(created.metadata).toEqual({ owner: 'bob' });
  });

  it('are not given away by a change of the owner (abuse case 41)', async () => {
    const { assistant_id } = await createAssistant(bob);
    const { status, body } = await bob('PATCH', `/assistants/${assistant_id}`, {
      metadata: { owner: 'alice' },
    });
    expect([status, body]).toEqual([403, { detail: expect.stringContaining('owner') }]);
    const kept = await bob('POST', `/assistants/${assistant_id}/versions`);
    expect(kept.body).toMatchObject([{ version: 1, metadata: { owner: 'bob' } }]);
  });
});

describe.each(databases)('versions that changed hands on $dialect', ({ create }) => {
  let server: AssistantsServer;
  let alice: Caller;
  let bob: Caller;
  let admin: Caller;

  beforeAll(async () => {
    server = await startAssistants(create, { policies: [SharingPolicy] });
    ({ alice, bob } = server);
    admin = await server.application.as('admin');
  });
  afterAll(() => server.stop());

  it('show nothing of a private assistant that once was public (abuse case 42)', async () => {
    const { assistant_id } = await createAssistant(alice, { metadata: { public: true } });
    expect((await bob('POST', `/assistants/${assistant_id}/versions`)).status).toBe(200);
    await alice('PATCH', `/assistants/${assistant_id}`, { metadata: { public: false } });
    const { status, text } = await bob('POST', `/assistants/${assistant_id}/versions`);
    expect([status, text]).toEqual([404, '{"detail":"Assistant not found"}']);
  });

  it('show only the public versions of an assistant that once was private (abuse case 42)', async () => {
    const { assistant_id } = await createAssistant(alice, { metadata: { public: false } });
    await alice('PATCH', `/assistants/${assistant_id}`, { metadata: { public: true } });
    const { body } = await bob('POST', `/assistants/${assistant_id}/versions`);
    expect(body).toMatchObject([{ version: 2 }]);
  });

  it('do not come back for a new owner who could not see them', async () => {
    const { assistant_id } = await createAssistant(alice, { metadata: { secret: true } });
    await admin('PATCH', `/assistants/${assistant_id}`, { metadata: { owner: 'bob', secret: false } });
    const { status, text } = await bob('POST', `/assistants/${assistant_id}/latest`, { version: 1 });
    expect([status, text]).toEqual([404, '{"detail":"Assistant version not found"}']);
    expect((await bob('POST', `/assistants/${assistant_id}/versions`)).body).toMatchObject([{ version: 2 }]);
    expect((await alice('GET', `/assistants/${assistant_id}`)).status).toBe(404);
  });
});
