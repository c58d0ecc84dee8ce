import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApplication, type Caller, type TestApplication } from '../support/application.js';
import { databases, type TestDatabase } from '../support/databases.js';

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describe.each(databases)('the routes of the store on $dialect', ({ create }) => {
  let database: TestDatabase;
  let application: TestApplication;
  let alice: Caller;

  beforeAll(async () => {
    database = await create();
    application = await startApplication({ databaseUrl: database.url });
    alice = await application.as('alice');
  });
  afterAll(async () => {
    await application.stop();
    await database.drop();
  });

  const put = (namespace: unknown, key: unknown, value: unknown = {}, more: object = {}) =>
    alice('PUT', '/store/items', { namespace, key, value, ...more });
  const search = (body: object) => alice('POST', '/store/items/search', body);

  it('keeps an item, answers 204 without a body, and gives it back', async () => {
    const { status, text } = await put(['alice', 'keep'], 'k', { n: 1, namespace: 'own', __proto: null });
    expect({ status, text }).toEqual({ status: 204, text: '' });
    expect(await alice('GET', '/store/items?namespace=alice.keep&key=k')).toMatchObject({
      status: 200,
      body: {
        namespace: ['alice', 'keep'],
        key: 'k',
        value: { n: 1, namespace: 'own', __proto: null },
        created_at: TIME,
        updated_at: TIME,
      },
    });
  });

  it.each([
    ['between periods', 'namespace=alice.form'],
    ['repeated', 'namespace=alice&namespace=form'],
    ['as a JSON list', `namespace=${encodeURIComponent('["alice","form"]')}`],
  ])('takes the labels of a namespace in a URL %s', async (_, query) => {
    await put(['alice', 'form'], 'a b&c', { n: 1 });
    expect(await alice('GET', `/store/items?${query}&key=a%20b%26c`)).toMatchObject({
      status: 200,
      body: { namespace: ['alice', 'form'], value: { n: 1 } },
    });
  });

  it('answers null for a missing item, in the very bytes of an invisible one, and 204 to its deletion', async () => {
    await put(['alice', 'hidden'], 'k');
    const missing = await alice('GET', '/store/items?namespace=alice.nope&key=k');
    expect(missing).toMatchObject({ status: 200, text: 'null' });
    expect(missing.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await alice('DELETE', '/store/items', { namespace: ['alice', 'nope'], key: 'k' })).toMatchObject({
      status: 204,
      text: '',
    });
  });

  it('deletes an item', async () => {
    await put(['alice', 'gone'], 'k');
    await alice('DELETE', '/store/items', { namespace: ['alice', 'gone'], key: 'k' });
    expect((await alice('GET', '/store/items?namespace=alice.gone&key=k')).text).toBe('null');
  });

  it('pages a search, newest first, and says where the next page begins', async () => {
    for (const key of ['1', '2', '3']) {
      await put(['alice', 'pages'], key, { key });
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    const page = await search({ namespace_prefix: ['alice', 'pages'], limit: 2 });
    expect(page.body).toMatchObject({ items: [{ key: '3' }, { key: '2' }] });
    expect(page.headers.get('x-pagination-next')).toBe('2');
    const last = await search({ namespace_prefix: ['alice', 'pages'], limit: 2, offset: 2 });
    expect(last.body).toEqual({ items: [expect.objectContaining({ key: '1' })] });
    expect(last.headers.get('x-pagination-next')).toBeNull();
    expect(last.body).not.toHaveProperty('items.0.score');
  });

  it('filters by equality and by operators', async () => {
    for (const n of [1, 2, 3]) await put(['alice', 'filter'], String(n), { n });
    const found = async (filter: object) => {
      const { body } = await search({ namespace_prefix: ['alice', 'filter'], filter });
      return (body as { items: { key: string }[] }).items.map(({ key }) => key).sort();
    };
    expect(await found({ n: 2 })).toEqual(['2']);
    expect(await found({ n: { $ne: 2 } })).toEqual(['1', '3']);
    expect(await found({ n: { $gt: 1, $lte: 3 } })).toEqual(['2', '3']);
    expect(await found({ n: { $gte: 3 } })).toEqual(['3']);
    expect(await found({ n: { $lt: 2 } })).toEqual(['1']);
    expect(await found({ n: { $eq: 1 } })).toEqual(['1']);
  });

  it('lists namespaces by beginning, end and depth, in pages', async () => {
    for (const tail of [
      ['a', 'x'],
      ['b', 'x'],
      ['b', 'y'],
    ])
      await put(['alice', 'ns', ...tail], 'k');
    const list = async (body: object) => {
      const answer = await alice('POST', '/store/namespaces', body);
      return [answer.body, answer.headers.get('x-pagination-next')];
    };
    const ns = (...tails: string[]) => ({
      namespaces: tails.map((tail) => ['alice', 'ns', ...Array.from(tail)]),
    });
    expect(await list({ prefix: ['alice', 'ns'] })).toEqual([ns('ax', 'bx', 'by'), null]);
    expect(await list({ prefix: ['alice', 'ns'], suffix: ['x'] })).toEqual([ns('ax', 'bx'), null]);
    expect(await list({ prefix: ['alice', 'ns'], max_depth: 3 })).toEqual([ns('a', 'b'), null]);
    expect(await list({ prefix: ['alice', '*', 'b'] })).toEqual([ns('bx', 'by'), null]);
    expect(await list({ prefix: ['alice', 'ns'], limit: 1, offset: 1 })).toEqual([ns('bx'), '2']);
  });

  const LABELS = 'Namespace labels cannot be empty or contain periods. Received: ';
  const item = { namespace: ['alice'], key: 'k', value: {} };
  const prefix = { namespace_prefix: ['alice'] };
  const refused: [string, string, object | undefined, string][] = [
    ['PUT', '/store/items', { ...item, namespace: [] }, 'Namespace is required'],
    ['PUT', '/store/items', { ...item, namespace: undefined }, 'namespace must be a list of labels'],
    ['PUT', '/store/items', { ...item, namespace: 'alice' }, 'namespace must be a list of labels'],
    ['PUT', '/store/items', { ...item, namespace: ['a.b'] }, `${LABELS}a.b`],
    ['PUT', '/store/items', { ...item, namespace: ['alice', ''] }, LABELS],
    ['PUT', '/store/items', { ...item, namespace: ['alice', 5] }, `${LABELS}5`],
    [
      'PUT',
      '/store/items',
      { ...item, namespace: Array(101).fill('alice') },
      'A namespace has at most 100 labels',
    ],
    ['PUT', '/store/items', { ...item, key: '' }, 'key must be text that is not empty'],
    ['PUT', '/store/items', { ...item, key: undefined }, 'key must be text that is not empty'],
    [
      'PUT',
      '/store/items',
      { ...item, key: 'k'.repeat(2000) },
      'Namespace and key are longer than 2000 bytes',
    ],
    ['PUT', '/store/items', { ...item, value: undefined }, 'value must be a JSON object'],
    ['PUT', '/store/items', { ...item, value: null }, 'value must be a JSON object'],
    ['PUT', '/store/items', { ...item, value: 'x' }, 'value must be a JSON object'],
    ['PUT', '/store/items', { ...item, value: [] }, 'value must be a JSON object'],
    ['PUT', '/store/items', { ...item, ttl: 0 }, 'ttl must be a number of minutes above 0, or null'],
    ['PUT', '/store/items', { ...item, ttl: -1 }, 'ttl must be a number of minutes above 0, or null'],
    ['PUT', '/store/items', { ...item, ttl: '5' }, 'ttl must be a number of minutes above 0, or null'],
    ['PUT', '/store/items', { ...item, ttl: 1e12 }, 'ttl must be a number of minutes above 0, or null'],
    ['PUT', '/store/items', { ...item, index: true }, 'index must be false, or a list of at most 100 paths'],
    ['PUT', '/store/items', { ...item, index: [5] }, 'index must be false, or a list of at most 100 paths'],
    [
      'PUT',
      '/store/items',
      { ...item, index: ['a[x]'] },
      'index has "a[x]", which is no path such as "chapters[*].title"',
    ],
    ['GET', '/store/items?namespace=alice', undefined, 'key must be text that is not empty'],
    ['GET', '/store/items?namespace=alice..x&key=k', undefined, LABELS],
    ['GET', '/store/items?namespace=alice.x&namespace=y&key=k', undefined, `${LABELS}alice.x`],
    [
      'GET',
      '/store/items?namespace=alice&key=k&refresh_ttl=maybe',
      undefined,
      'refresh_ttl must be true or false',
    ],
    ['DELETE', '/store/items', { namespace: ['alice'] }, 'key must be text that is not empty'],
    ['POST', '/store/items/search', {}, 'namespace_prefix must be a list of labels'],
    ['POST', '/store/items/search', { namespace_prefix: ['a.b'] }, `${LABELS}a.b`],
    ['POST', '/store/items/search', { ...prefix, limit: 0 }, 'limit must be 1 to 1000'],
    ['POST', '/store/items/search', { ...prefix, limit: 1001 }, 'limit must be 1 to 1000'],
    ['POST', '/store/items/search', { ...prefix, limit: '10' }, 'limit must be a whole number'],
    ['POST', '/store/items/search', { ...prefix, offset: -1 }, 'offset must not be negative'],
    ['POST', '/store/items/search', { ...prefix, filter: [] }, 'filter must be a JSON object'],
    [
      'POST',
      '/store/items/search',
      { ...prefix, filter: { n: { $regex: '.' } } },
      'filter has the unknown operator $regex',
    ],
    [
      'POST',
      '/store/items/search',
      { ...prefix, filter: { n: { $gt: [] } } },
      'filter: $gt, $gte, $lt and $lte take a number or text',
    ],
    ['POST', '/store/items/search', { ...prefix, query: 5 }, 'query must be text'],
    [
      'POST',
      '/store/items/search',
      { ...prefix, query: 'x' },
      'query needs an embedding function, and none is configured',
    ],
    ['POST', '/store/namespaces', { prefix: ['alice', ''] }, LABELS],
    ['POST', '/store/namespaces', { suffix: 'x' }, 'suffix must be a list of labels'],
    ['POST', '/store/namespaces', { max_depth: 0 }, 'max_depth must be 1 or more'],
    ['POST', '/store/namespaces', { limit: 1e9 }, 'limit must be 1 to 1000'],
    ['POST', '/store/namespaces', { offset: 2 ** 53 }, 'offset is too large'],
  ];
  it.each(refused.map(([method, path, body, detail]) => [method, path, detail, body] as const))(
    'refuses %s %s with 422: %s',
    async (method, path, detail, body) => {
      expect(await alice(method, path, body)).toMatchObject({ status: 422, body: { detail } });
    },
  );

  it('takes null for what may be left out, and unknown members for nothing', async () => {
    expect(await put(['alice', 'null'], 'k', {}, { index: null, ttl: null, more: 1 })).toMatchObject({
      status: 204,
    });
    const body = {
      namespace_prefix: ['alice', 'null'],
      filter: null,
      query: null,
      limit: null,
      refresh_ttl: null,
    };
    expect((await search(body)).body).toEqual({ items: [expect.objectContaining({ key: 'k' })] });
    const all = await alice('POST', '/store/namespaces', { prefix: null, suffix: null, max_depth: null });
    expect(all).toMatchObject({ status: 200 });
  });

  it.each([
    ['PUT', '/store/items'],
    ['GET', '/store/items'],
    ['DELETE', '/store/items'],
    ['POST', '/store/items/search'],
    ['POST', '/store/namespaces'],
  ])('answers 401 to strangers before it looks at anything: %s %s', async (method, path) => {
    const response = await fetch(`${application.url}${path}`, {
      method,
      ...(method !== 'GET' && { body: '{' }),
    });
    expect(response.status).toBe(401);
  });
});
