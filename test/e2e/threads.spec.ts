import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApplication, type Answer, type Caller, type TestApplication } from '../support/application.js';
import { databases, type TestDatabase } from '../support/databases.js';

interface ThreadBody {
  thread_id: string;
  metadata: Record<string, unknown>;
  created_at: string;
  updated_at: string;
}

const threadOf = (answer: Answer): ThreadBody => answer.body as ThreadBody;
const idsOf = (answer: Answer): string[] => (answer.body as ThreadBody[]).map(({ thread_id }) => thread_id);
const NEVER = '00000000-0000-4000-8000-000000000000';

describe.each(databases)('threads on $dialect', ({ create }) => {
  let database: TestDatabase;
  let application: TestApplication;
  let alice: Caller;
  let bob: Caller;

  beforeAll(async () => {
    database = await create();
    application = await startApplication({ databaseUrl: database.url });
    alice = await application.as('alice');
    bob = await application.as('bob');
  });

  afterAll(async () => {
    await application.stop();
    await database.drop();
  });

  const make = async (who: Caller, body: object = {}): Promise<ThreadBody> =>
    threadOf(await who('POST', '/threads', body));

  describe('create', () => {
    it('answers the thread in the shape of the contract', async () => {
      const answer = await alice('POST', '/threads', { metadata: { topic: 'x' } });
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({
        thread_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        updated_at: expect.stringMatching(/Z$/),
        state_updated_at: null,
        metadata: { topic: 'x', owner: 'alice' },
        status: 'idle',
        config: {},
        values: null,
        interrupts: {},
      });
    });

    it.each([
      ['no body', undefined],
      ['an empty body', ''],
      ['null for optional fields', { metadata: null, ttl: null, if_exists: null }],
      ['unknown fields', { surprise: 1 }],
    ])('takes %s', async (_, body) => {
      expect(await alice('POST', '/threads', body)).toMatchObject({ status: 200 });
    });

    it('takes JSON that is sent as text', async () => {
      const answer = await alice('POST', '/threads', '{"metadata":{"a":1}}', {
        'content-type': 'text/plain',
      });
      expect(answer).toMatchObject({ status: 200, body: { metadata: { a: 1 } } });
    });

    it('keeps an id that the client chose, in lower case (abuse case 40)', async () => {
      const id = randomUUID();
      expect((await make(alice, { thread_id: id.toUpperCase() })).thread_id).toBe(id);
      expect(await alice('GET', `/threads/${id.toUpperCase()}`)).toMatchObject({
        status: 200,
        body: { thread_id: id },
      });
    });

    it('refuses an id that is taken with 409, and returns the own thread with do_nothing (abuse cases 39 and 40)', async () => {
      const { thread_id } = await make(alice, { metadata: { first: true } });
      const again = { thread_id, metadata: { first: false } };
      expect(await alice('POST', '/threads', again)).toMatchObject({
        status: 409,
        body: { detail: 'Thread already exists' },
      });
      expect(await alice('POST', '/threads', { ...again, if_exists: 'do_nothing' })).toMatchObject({
        status: 200,
        body: { thread_id, metadata: { first: true } },
      });
    });

    it("refuses an id of somebody else's thread with 409 in either case, and tells and changes nothing", async () => {
      const { thread_id } = await make(alice);
      for (const if_exists of ['raise', 'do_nothing']) {
        const answer = await bob('POST', '/threads', { thread_id, if_exists, metadata: { owner: 'alice' } });
        expect(answer).toMatchObject({ status: 409, text: '{"detail":"Thread already exists"}' });
      }
      expect(await alice('GET', `/threads/${thread_id}`)).toMatchObject({
        status: 200,
        body: { metadata: { owner: 'alice' } },
      });
    });

    it('drops reserved keys of metadata and keeps odd ones as they are', async () => {
      const metadata = JSON.parse(
        '{"created_by":"system","langgraph_auth_user":"x","__proto__":{"polluted":1},"a.b":1,"$x":2,"ключ 🗝":null}',
      ) as object;
      const { thread_id } = await make(alice, { metadata });
      const answer = await alice('GET', `/threads/${thread_id}`);
      expect(JSON.parse(answer.text).metadata).toEqual(
        JSON.parse('{"__proto__":{"polluted":1},"a.b":1,"$x":2,"ключ 🗝":null,"owner":"alice"}'),
      );
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    });
  });

  describe('bad input', () => {
    it.each<[string, string, string, unknown, number, string | RegExp]>([
      ['a body that is not JSON', 'POST', '/threads', '{', 400, 'Malformed JSON in request body'],
      ['a body that is a list', 'POST', '/threads', [], 422, 'the body must be a JSON object'],
      ['an id that is no UUID', 'POST', '/threads', { thread_id: 'x' }, 422, 'thread_id must be a UUID'],
      [
        'an id that is an operator',
        'POST',
        '/threads',
        { thread_id: { $ne: 1 } },
        422,
        'thread_id must be a UUID',
      ],
      [
        'metadata that is a text',
        'POST',
        '/threads',
        { metadata: 'x' },
        422,
        'metadata must be a JSON object',
      ],
      [
        'metadata that is a list',
        'POST',
        '/threads',
        { metadata: [] },
        422,
        'metadata must be a JSON object',
      ],
      [
        'an unknown if_exists',
        'POST',
        '/threads',
        { if_exists: 'maybe' },
        422,
        'if_exists must be one of raise, do_nothing',
      ],
      ['a time to live of nothing', 'POST', '/threads', { ttl: 0 }, 422, /^ttl must be/],
      ['a time to live that is a text', 'POST', '/threads', { ttl: { ttl: '5' } }, 422, /^ttl must be/],
      ['an unknown strategy', 'POST', '/threads', { ttl: { ttl: 5, strategy: 'x' } }, 422, /^ttl must be/],
      [
        'a NUL in metadata',
        'POST',
        '/threads',
        '{"metadata":{"a":"\\u0000"}}',
        422,
        'the body contains a NUL character',
      ],
      [
        'a NUL in a key',
        'POST',
        '/threads',
        '{"metadata":{"owner\\u0000":"x"}}',
        422,
        'the body contains a NUL character',
      ],
      [
        'a lone surrogate',
        'POST',
        '/threads',
        '{"metadata":{"a":"\\ud800"}}',
        422,
        'the body contains a lone surrogate',
      ],
      [
        'a body of 200 levels',
        'POST',
        '/threads',
        `{"metadata":${'{"a":'.repeat(200)}1${'}'.repeat(200)}}`,
        422,
        /nested deeper/,
      ],
      ['a path id that is no UUID', 'GET', '/threads/not-a-uuid', undefined, 422, 'thread_id must be a UUID'],
      ['a limit of 0', 'POST', '/threads/search', { limit: 0 }, 422, 'limit must be 1 to 1000'],
      ['a limit of 1001', 'POST', '/threads/search', { limit: 1001 }, 422, 'limit must be 1 to 1000'],
      [
        'a limit that is a text',
        'POST',
        '/threads/search',
        { limit: '10' },
        422,
        'limit must be a whole number',
      ],
      ['a negative offset', 'POST', '/threads/search', { offset: -1 }, 422, 'offset must not be negative'],
      ['an offset of 2^53', 'POST', '/threads/search', { offset: 2 ** 53 }, 422, 'offset is too large'],
      [
        'an unknown sort field',
        'POST',
        '/threads/search',
        { sort_by: 'created_at; drop' },
        422,
        /^sort_by must be one of/,
      ],
      [
        'an unknown sort order',
        'POST',
        '/threads/search',
        { sort_order: 'up' },
        422,
        /^sort_order must be one of/,
      ],
      ['an unknown status', 'POST', '/threads/search', { status: 'x' }, 422, /^status must be one of/],
      [
        'an id in a list that is no UUID',
        'POST',
        '/threads/search',
        { ids: ['x'] },
        422,
        'ids must be a list of UUIDs',
      ],
      [
        'an unknown field to select',
        'POST',
        '/threads/search',
        { select: ['principal'] },
        422,
        /select must be a list of/,
      ],
      [
        'a path to extract that leads outside',
        'POST',
        '/threads/search',
        { extract: { a: 'constructor.name' } },
        422,
        /^extract must/,
      ],
    ])('%s is refused and named', async (_, method, path, body, status, detail) => {
      const answer = await alice(method, path, body);
      expect(answer.status).toBe(status);
      expect((answer.body as { detail: string }).detail).toEqual(
        typeof detail === 'string' ? detail : expect.stringMatching(detail),
      );
      expect(Object.keys(answer.body as object)).toEqual(['detail']);
    });

    it.each([
      ['another content type', { 'content-type': 'application/xml' }],
      ['another charset', { 'content-type': 'application/json; charset=latin1' }],
      ['a compressed body', { 'content-type': 'application/json', 'content-encoding': 'gzip' }],
    ])('%s is refused with 415', async (_, headers) => {
      expect(await alice('POST', '/threads', '{}', headers)).toMatchObject({ status: 415 });
    });

    it('a body beyond the limit is refused with 413', async () => {
      const body = JSON.stringify({ metadata: { a: 'x'.repeat(11 * 1024 * 1024) } });
      expect(await alice('POST', '/threads', body)).toMatchObject({ status: 413 });
    });
  });

  describe('isolation', () => {
    it("answers for somebody else's thread byte for byte as for one that never existed", async () => {
      const { thread_id } = await make(alice);
      const requests: [string, (id: string) => string, unknown?][] = [
        ['GET', (id) => `/threads/${id}`],
        ['PATCH', (id) => `/threads/${id}`, { metadata: { a: 1 } }],
        ['DELETE', (id) => `/threads/${id}`],
        ['GET', (id) => `/threads/${id}/state`],
        ['POST', (id) => `/threads/${id}/state`, { values: {} }],
        ['POST', (id) => `/threads/${id}/state/checkpoint`, { checkpoint: { checkpoint_id: 'x' } }],
        ['GET', (id) => `/threads/${id}/history`],
        ['POST', (id) => `/threads/${id}/history`, {}],
      ];
      for (const [method, path, body] of requests) {
        const foreign = await bob(method, path(thread_id), body);
        const absent = await bob(method, path(NEVER), body);
        expect(foreign.status).toBe(404);
        expect(foreign.text.replaceAll(thread_id, NEVER)).toBe(absent.text);
      }
      expect(await alice('GET', `/threads/${thread_id}`)).toMatchObject({
        status: 200,
        body: { metadata: { owner: 'alice' } },
      });
    });

    it('leaves foreign rows out of searches and counts, whatever is asked for (abuse cases 35 and 36)', async () => {
      const marker = randomUUID();
      const { thread_id } = await make(alice, { metadata: { marker } });
      for (const body of [{ metadata: { marker } }, { ids: [thread_id] }, { metadata: { owner: 'alice' } }]) {
        expect(await bob('POST', '/threads/search', { ...body, limit: 1000 })).toMatchObject({
          status: 200,
          body: [],
        });
        expect(await bob('POST', '/threads/count', body)).toMatchObject({ status: 200, body: 0 });
      }
    });

    it('refuses to give a thread away with 403 that names the key (abuse case 41)', async () => {
      const { thread_id } = await make(alice);
      expect(await alice('PATCH', `/threads/${thread_id}`, { metadata: { owner: 'bob' } })).toMatchObject({
        status: 403,
        body: { detail: expect.stringContaining('owner') },
      });
      expect(await bob('GET', `/threads/${thread_id}`)).toMatchObject({ status: 404 });
    });
  });

  describe('update', () => {
    it('merges metadata and moves updated_at', async () => {
      const { thread_id } = await make(alice, { metadata: { a: 1, b: { c: 1 } } });
      const answer = await alice('PATCH', `/threads/${thread_id}`, { metadata: { b: 2, d: 3 } });
      expect(answer).toMatchObject({ status: 200, body: { metadata: { a: 1, b: 2, d: 3, owner: 'alice' } } });
      expect(await alice('GET', `/threads/${thread_id}`)).toMatchObject({
        body: { metadata: { a: 1, b: 2, d: 3 } },
      });
    });

    it('answers 204 without a body to Prefer: return=minimal', async () => {
      const { thread_id } = await make(alice);
      const answer = await alice(
        'PATCH',
        `/threads/${thread_id}`,
        { metadata: {} },
        { prefer: 'return=minimal' },
      );
      expect(answer).toMatchObject({ status: 204, text: '' });
    });

    it('loses no change when many come at once (abuse case 69)', async () => {
      const { thread_id } = await make(alice);
      const keys = Array.from({ length: 10 }, (_, index) => `key_${index}`);
      const answers = await Promise.all(
        keys.map((key) => alice('PATCH', `/threads/${thread_id}`, { metadata: { [key]: true } })),
      );
      expect(answers.map(({ status }) => status)).toEqual(keys.map(() => 200));
      expect(Object.keys(threadOf(await alice('GET', `/threads/${thread_id}`)).metadata).sort()).toEqual(
        [...keys, 'owner'].sort(),
      );
    });
  });

  describe('time to live', () => {
    it('is shown when it is asked for', async () => {
      const { thread_id, created_at } = await make(alice, { ttl: { strategy: 'keep_latest', ttl: 30 } });
      const answer = await alice('GET', `/threads/${thread_id}?include=ttl`);
      const expires_at = new Date(Date.parse(created_at) + 30 * 60_000).toISOString();
      expect(answer.body).toMatchObject({ ttl: { strategy: 'keep_latest', ttl_minutes: 30, expires_at } });
      expect((await alice('GET', `/threads/${thread_id}`)).body).not.toHaveProperty('ttl');
    });
  });

  describe('delete', () => {
    it('answers 204, and 404 afterwards', async () => {
      const { thread_id } = await make(alice);
      expect(await alice('DELETE', `/threads/${thread_id}`)).toMatchObject({ status: 204, text: '' });
      expect(await alice('GET', `/threads/${thread_id}`)).toMatchObject({ status: 404 });
      expect(await alice('DELETE', `/threads/${thread_id}`)).toMatchObject({
        status: 404,
        body: { detail: `Thread with ID ${thread_id} not found` },
      });
    });
  });

  describe('search', () => {
    const set = randomUUID();
    const ids: string[] = [];

    beforeAll(async () => {
      for (let index = 0; index < 5; index++) {
        const metadata = { set, index, nested: { a: { b: index % 2 } }, tags: ['all', `tag-${index}`] };
        ids.push((await make(alice, { metadata })).thread_id);
      }
    });

    const search = (body: object = {}, headers = {}) =>
      alice('POST', '/threads/search', { metadata: { set }, ...body }, headers);

    it('answers the newest first', async () => {
      expect(idsOf(await search())).toEqual([...ids].reverse());
      expect(idsOf(await search({ sort_order: 'asc' }))).toEqual(ids);
    });

    it('tells where the next page begins, only when there is one', async () => {
      const first = await search({ limit: 2, sort_order: 'asc' });
      expect([idsOf(first), first.headers.get('x-pagination-next')]).toEqual([ids.slice(0, 2), '2']);
      const last = await search({ limit: 2, offset: 4, sort_order: 'asc' });
      expect([idsOf(last), last.headers.get('x-pagination-next')]).toEqual([ids.slice(4), null]);
      const exact = await search({ limit: 5 });
      expect([idsOf(exact).length, exact.headers.get('x-pagination-next')]).toEqual([5, null]);
    });

    it('counts everything visible only when asked to', async () => {
      expect((await search({ limit: 1 })).headers.get('x-pagination-total')).toBeNull();
      expect((await search({ limit: 1 }, { prefer: 'count=exact' })).headers.get('x-pagination-total')).toBe(
        '5',
      );
    });

    it.each<[string, object, readonly number[]]>([
      ['a value', { index: 3 }, [3]],
      ['a nested value', { nested: { a: { b: 1 } } }, [1, 3]],
      ['an element of a list', { tags: ['tag-2'] }, [2]],
      ['several elements of a list', { tags: ['tag-2', 'all'] }, [2]],
      ['a scalar where a list is', { tags: 'all' }, []],
      ['an object that must be there', { nested: {} }, [0, 1, 2, 3, 4]],
      ['an object where a scalar is', { index: {} }, []],
      ['a text that looks like a number', { index: '3' }, []],
      ['a null that is not there', { absent: null }, []],
    ])('finds by %s', async (_, metadata, expected) => {
      const found = idsOf(await search({ metadata: { set, ...metadata }, sort_order: 'asc' }));
      expect(found).toEqual(expected.map((index) => ids[index]));
      expect((await alice('POST', '/threads/count', { metadata: { set, ...metadata } })).body).toBe(
        expected.length,
      );
    });

    it('finds by ids, status and values', async () => {
      expect(idsOf(await search({ ids: [ids[1], NEVER] }))).toEqual([ids[1]]);
      expect(idsOf(await search({ ids: [] }))).toEqual([]);
      expect(idsOf(await search({ status: 'busy' }))).toEqual([]);
      expect(idsOf(await search({ values: { messages: [] } }))).toEqual([]);
    });

    it('answers threads as they are read, with their state and without', async () => {
      const metadata = { set: randomUUID() };
      const [idle, ran] = [await make(alice, { metadata }), await make(alice, { metadata })];
      const input = { messages: [{ role: 'human', content: 'a "word"\nand 木😀\u2028' }] };
      await alice('POST', `/threads/${ran.thread_id}/runs/wait`, { assistant_id: 'agent', input });
      const read = await Promise.all(
        [ran, idle].map(({ thread_id }) => alice('GET', `/threads/${thread_id}`)),
      );
      const answer = await search({ metadata, sort_by: 'updated_at' });
      expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(answer.body).toEqual(read.map(({ body }) => body));
      expect(answer.body).toMatchObject([
        { values: { messages: [{ content: input.messages[0].content }, {}] } },
        { values: null },
      ]);
    });

    it('shows only the fields that were selected, each once', async () => {
      const answer = await search({ ids: [ids[0]], select: ['status', 'thread_id', 'status'] });
      expect(answer.text).toBe(`[{"thread_id":"${ids[0]}","status":"idle"}]`);
      expect((await search({ ids: [ids[0]], select: [] })).body).toEqual([{}]);
    });

    it('counts everything also where the page is empty, or of some fields', async () => {
      const exact = { prefer: 'count=exact' };
      const beyond = await search({ offset: 7 }, exact);
      expect([beyond.text, beyond.headers.get('x-pagination-total')]).toEqual(['[]', '5']);
      const some = await search({ select: ['status'], limit: 1 }, exact);
      expect([some.body, some.headers.get('x-pagination-total')]).toEqual([[{ status: 'idle' }], '5']);
    });

    it('shows only the fields that were selected, and what was extracted', async () => {
      const answer = await search({
        ids: [ids[0]],
        select: ['thread_id', 'status'],
        extract: { tag: 'metadata.tags[-1]', none: 'values.messages[0]' },
      });
      expect(answer.body).toEqual([
        { thread_id: ids[0], status: 'idle', extracted: { tag: 'tag-0', none: null } },
      ]);
    });

    it('refuses a document that would make too large a query', async () => {
      const metadata = { list: Array.from({ length: 300 }, (_, index) => index) };
      expect(await search({ metadata })).toMatchObject({
        status: 422,
        body: { detail: expect.stringMatching(/^metadata must not hold more than 200 values/) },
      });
    });
  });

  describe('state of a thread that nothing ran on', () => {
    it('is empty', async () => {
      const { thread_id } = await make(alice);
      expect((await alice('GET', `/threads/${thread_id}/state`)).body).toEqual({
        values: {},
        next: [],
        tasks: [],
        created_at: null,
        checkpoint: null,
        parent_checkpoint: null,
      });
      expect((await alice('POST', `/threads/${thread_id}/history`, {})).body).toEqual([]);
    });

    it('cannot be updated without a graph', async () => {
      const { thread_id } = await make(alice);
      expect(await alice('POST', `/threads/${thread_id}/state`, { values: {} })).toMatchObject({
        status: 400,
        body: { detail: `Thread ${thread_id} has no graph ID` },
      });
    });
  });
});
