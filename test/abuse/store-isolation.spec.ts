import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Embeddings } from '@langchain/core/embeddings';
import { startApplication, type Caller, type TestApplication } from '../support/application.js';
import { databases, type TestDatabase } from '../support/databases.js';
import { keysIn, storeGraphs, surfaces, type StoreInHand } from '../store/support/store.surface.js';

/** Every text means the same: what is found by meaning is found by visibility alone. */
class OneMeaning extends Embeddings {
  constructor() {
    super({});
  }
  override embedDocuments(texts: string[]) {
    return Promise.resolve(texts.map(() => [1, 0]));
  }
  override embedQuery() {
    return Promise.resolve([1, 0]);
  }
}

const HOSTILE_TEXTS = [
  "'",
  '"',
  "')",
  "') OR 1=1 --",
  '$[*]',
  '$.owner',
  '%',
  '_',
  '\\',
  '\\u0000',
  '*',
  '.*',
  '{}',
  '[0]',
  '__proto__',
  'constructor',
  'toString',
  ':now',
  '$1',
  '?',
  '\u001b1',
  '😀',
];
const UNSTORABLE_TEXTS = ['a\u0000b', '\ud800'];

describe.each(databases)('abuse of the store on $dialect', ({ create }) => {
  let database: TestDatabase;
  let application: TestApplication;

  beforeAll(async () => {
    database = await create();
    application = await startApplication({
      databaseUrl: database.url,
      graphs: storeGraphs,
      store: { index: { embeddings: new OneMeaning(), dims: 2 } },
    });
    for (const [identity, labels] of [
      ['alice', ['alice', 'notes']],
      ['bob', ['bob', 'notes']],
      ['bob', ['bob', 'alice']],
      ['bob2', ['bob2', 'notes']],
      ['*', ['*', 'notes']],
      ['users', ['users', 'alice']],
    ] as const) {
      const who = await application.as(identity);
      const body = { namespace: labels, key: `of ${labels.join(' ')}`, value: { of: identity, n: 1 } };
      expect(await who('PUT', '/store/items', body)).toMatchObject({ status: 204 });
    }
  });
  afterAll(async () => {
    await application.stop();
    await database.drop();
  });

  describe.each(surfaces)('$surface', ({ surface, open }) => {
    let alice: StoreInHand;
    let bob: StoreInHand;
    let star: StoreInHand;
    beforeAll(async () => {
      [alice, bob, star] = await Promise.all(['alice', 'bob', '*'].map((name) => open(application, name)));
    });

    const FOREIGN = [
      ['alice'],
      ['alice', 'notes'],
      ['users'],
      ['users', 'bob'],
      ['bob2'],
      ['bo'],
      ['BOB'],
      ['%'],
      ['_ob'],
      ['b%'],
      ['*'],
      ['*', 'notes'],
      ['bob%'],
      ['bob_'],
      ['bob*'],
      ['bob/'],
      ['bob\u001b1'],
      ['bob '],
      [' bob'],
      ['ｂob'],
    ];
    it.each(FOREIGN.map((namespace) => [namespace]))(
      'a namespace that is not the own gives nothing: %j (abuse case 45)',
      async (namespace) => {
        const refused = { refused: 'Not authorized' };
        expect(await bob.search(namespace)).toEqual(refused);
        expect(await bob.list({ prefix: namespace })).toEqual(refused);
        expect(await bob.get(namespace, 'of alice notes')).toEqual(refused);
        expect(await bob.put(namespace, 'x', {})).toEqual(refused);
        expect(await bob.delete(namespace, 'of alice notes')).toEqual(refused);
      },
    );

    it.each([[['']], [['bob', '']], [['.']], [['bob.notes']], [['alice.notes']], [['bob', '.']]])(
      'what is no label is refused: %j (abuse case 45)',
      async (namespace) => {
        for (const outcome of [
          await bob.search(namespace),
          await bob.list({ prefix: namespace }),
          await bob.list({ suffix: namespace }),
          await bob.get(namespace, 'k'),
          await bob.put(namespace, 'k', {}),
          await bob.delete(namespace, 'k'),
        ]) {
          expect(outcome).toEqual({ refused: expect.any(String) });
        }
      },
    );

    it('the empty namespace is everywhere among one’s own (abuse case 45)', async () => {
      expect(keysIn(await bob.search([])).sort()).toEqual(['of bob alice', 'of bob notes']);
      expect(await bob.list()).toEqual({
        result: [
          ['bob', 'alice'],
          ['bob', 'notes'],
        ],
      });
      expect(await bob.list({ prefix: [] })).toEqual({
        result: [
          ['bob', 'alice'],
          ['bob', 'notes'],
        ],
      });
    });

    it.each([[['bob', '%']], [['bob', 'note_']], [['bob', 'note']], [['bob', 'notes', 'x']]])(
      'look-alikes below the own namespace match nothing: %j (abuse case 45)',
      async (namespace) => {
        expect(keysIn(await bob.search(namespace))).toEqual([]);
        expect(await bob.list({ prefix: namespace })).toEqual({ result: [] });
      },
    );

    it('whoever is called * has no wildcard for a name (abuse case 45)', async () => {
      expect(keysIn(await star.search(['*']))).toEqual(['of * notes']);
      expect(await star.list({ prefix: ['*'] })).toEqual({ result: [['*', 'notes']] });
      expect(await star.list()).toEqual({ result: [['*', 'notes']] });
    });

    it('neither max_depth nor suffix leaks names or counts of namespaces (abuse case 47)', async () => {
      expect(await bob.list({ maxDepth: 1 })).toEqual({ result: [['bob']] });
      expect(await bob.list({ suffix: ['notes'] })).toEqual({ result: [['bob', 'notes']] });
      expect(await bob.list({ suffix: ['*'] })).toEqual({
        result: [
          ['bob', 'alice'],
          ['bob', 'notes'],
        ],
      });
      expect(await bob.list({ suffix: ['alice', 'notes'] })).toEqual({ result: [] });
      expect(await bob.list({ suffix: ['alice'] })).toEqual({ result: [['bob', 'alice']] });
      expect(await bob.list({ prefix: ['bob', '*'], limit: 1, offset: 1 })).toEqual({
        result: [['bob', 'notes']],
      });
      expect(await bob.list({ offset: 2 })).toEqual({ result: [] });
    });

    it('search by meaning ranks nothing of anybody else (abuse case 47)', async () => {
      const { result } = (await bob.search([], { query: 'anything' })) as {
        result: { key: string; score: number }[];
      };
      expect(result.map(({ key, score }) => [key, score])).toEqual([
        ['of bob alice', 1],
        ['of bob notes', 1],
      ]);
      expect(keysIn(await bob.search([], { query: 'anything', limit: 1, offset: 1 }))).toEqual([
        'of bob notes',
      ]);
      expect(await bob.search(['alice'], { query: 'anything' })).toEqual({ refused: 'Not authorized' });
    });

    // The SQL is the same for both; a run takes longer than a request.
    const texts = surface === 'over HTTP' ? HOSTILE_TEXTS : HOSTILE_TEXTS.slice(0, 4);
    it.each(texts)('%j is only text, wherever it stands (abuse cases 48 and 49)', async (text) => {
      await alice.put(['alice', 'odd', text.replaceAll('.', '')], text, { [text]: text });
      for (const filter of [
        { [text]: text },
        { [text]: { $eq: text } },
        { [text]: { $gte: text } },
        { [text]: { $in: [text] } },
        { of: { $ne: text }, [text]: text },
      ]) {
        expect(keysIn(await alice.search(['alice', 'odd'], { filter }))).toEqual([text]);
        expect(keysIn(await bob.search([], { filter }))).toEqual([]);
      }
      for (const operator of ['$ne', '$gt', '$lt', '$lte', '$nin']) {
        const operand = operator === '$nin' ? [text] : text;
        const found = keysIn(await bob.search([], { filter: { [text]: { [operator]: operand } } }));
        expect(found.every((key) => key.startsWith('of bob'))).toBe(true);
      }
      await alice.delete(['alice', 'odd', text.replaceAll('.', '')], text);
      expect(keysIn(await alice.search(['alice', 'odd']))).toEqual([]);
    });

    it('what is put over an item keeps it where it is (abuse case 41)', async () => {
      await alice.put(['alice', 'give'], 'k', { owner: 'bob', namespace: ['bob'], key: 'mine' });
      expect(keysIn(await bob.search([]))).not.toContain('k');
      expect(keysIn(await bob.search([]))).not.toContain('mine');
      expect(await alice.get(['alice', 'give'], 'k')).toMatchObject({
        result: { namespace: ['alice', 'give'] },
      });
      await alice.delete(['alice', 'give'], 'k');
    });

    it('names of every object are ordinary names (abuse case 51)', async () => {
      await alice.put(
        ['alice', '__proto__', 'constructor'],
        'toString',
        JSON.parse('{"__proto__":{"a":1}}') as object,
      );
      const { result } = (await alice.get(['alice', '__proto__', 'constructor'], 'toString')) as {
        result: { value: object };
      };
      expect(Object.keys(result.value)).toEqual(['__proto__']);
      expect(await alice.list({ suffix: ['constructor'] })).toEqual({
        result: [['alice', '__proto__', 'constructor']],
      });
      await alice.delete(['alice', '__proto__', 'constructor'], 'toString');
    });

    it('numbers, text and truth are told apart (abuse case 52)', async () => {
      const values = { number: 1, text: '1', truth: true };
      for (const [key, type] of Object.entries(values)) await alice.put(['alice', 'types'], key, { type });
      for (const [key, type] of Object.entries(values))
        expect(keysIn(await alice.search(['alice', 'types'], { filter: { type } }))).toEqual([key]);
      for (const key of Object.keys(values)) await alice.delete(['alice', 'types'], key);
    });
  });

  describe('over HTTP only', () => {
    let alice: Caller;
    let bob: Caller;
    beforeAll(async () => {
      [alice, bob] = await Promise.all(['alice', 'bob'].map((name) => application.as(name)));
    });

    it('pages tell of nothing but what is visible (abuse cases 35 and 36)', async () => {
      const body = { namespace_prefix: [], limit: 2, ids: ['x'], select: ['document'], sort_by: 'x; drop' };
      const answer = await bob('POST', '/store/items/search', body, { prefer: 'count=exact' });
      expect((answer.body as { items: object[] }).items).toHaveLength(2);
      expect(answer.headers.get('x-pagination-next')).toBeNull();
      expect(answer.headers.get('x-pagination-total')).toBeNull();
      expect(Object.keys((answer.body as { items: object[] }).items[0])).toEqual([
        'namespace',
        'key',
        'value',
        'created_at',
        'updated_at',
      ]);
    });

    it.each(UNSTORABLE_TEXTS)('refuses %j in every place (abuse case 49)', async (text) => {
      const item = { namespace: ['alice'], key: 'k', value: {} };
      for (const [method, path, body] of [
        ['PUT', '/store/items', { ...item, namespace: ['alice', text] }],
        ['PUT', '/store/items', { ...item, key: text }],
        ['PUT', '/store/items', { ...item, value: { [text]: 1 } }],
        ['PUT', '/store/items', { ...item, value: { a: [text] } }],
        ['PUT', '/store/items', { ...item, index: [text] }],
        ['DELETE', '/store/items', { ...item, key: text }],
        ['POST', '/store/items/search', { namespace_prefix: ['alice', text] }],
        ['POST', '/store/items/search', { namespace_prefix: ['alice'], filter: { [text]: 1 } }],
        ['POST', '/store/items/search', { namespace_prefix: ['alice'], query: text }],
        ['POST', '/store/namespaces', { prefix: ['alice', text] }],
        ['POST', '/store/namespaces', { suffix: [text] }],
      ] as const) {
        expect(await alice(method, path, body)).toMatchObject({ status: 422 });
      }
    });

    it.each(['%00', '%ED%A0%80'])(
      'refuses %s in a URL, or finds nothing by it (abuse case 49)',
      async (text) => {
        for (const query of [`namespace=alice.${text}&key=k`, `namespace=alice&key=${text}`]) {
          const { status, text: body } = await alice('GET', `/store/items?${query}`);
          expect(status === 422 || (status === 200 && body === 'null')).toBe(true);
        }
      },
    );

    it.each([
      ['limit', -1],
      ['limit', 1e9],
      ['limit', '10'],
      ['limit', 1.5],
      ['limit', true],
      ['limit', []],
      ['offset', -1],
      ['offset', 2 ** 53],
      ['offset', '0; drop'],
      ['offset', {}],
    ])('refuses %s %j (abuse case 50)', async (field, value) => {
      for (const [path, body] of [
        ['/store/items/search', { namespace_prefix: ['alice'] }],
        ['/store/namespaces', {}],
      ] as const) {
        expect(await alice('POST', path, { ...body, [field]: value })).toMatchObject({ status: 422 });
      }
    });

    it.each([5, true, 'alice', {}, { $ne: 1 }, [['alice']], [{ $ne: 1 }], [null], [5]])(
      'refuses %j for a namespace (abuse case 52)',
      async (namespace) => {
        const item = { namespace, key: 'k', value: {} };
        expect(await alice('PUT', '/store/items', item)).toMatchObject({ status: 422 });
        expect(await alice('DELETE', '/store/items', item)).toMatchObject({ status: 422 });
        const search = { namespace_prefix: namespace };
        expect(await alice('POST', '/store/items/search', search)).toMatchObject({ status: 422 });
        for (const list of [{ prefix: namespace }, { suffix: namespace }])
          expect(await alice('POST', '/store/namespaces', list)).toMatchObject({ status: 422 });
      },
    );

    it.each([5, true, {}, ['k'], { $ne: 'k' }])(
      'refuses %j for a key (abuse cases 52 and 54)',
      async (key) => {
        const item = { namespace: ['alice'], key, value: {} };
        expect(await alice('PUT', '/store/items', item)).toMatchObject({ status: 422 });
        expect(await alice('DELETE', '/store/items', item)).toMatchObject({ status: 422 });
      },
    );

    it('a filter that is large or deep is refused, or answered (abuse case 53)', async () => {
      const wide = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`k${index}`, index]));
      const deep = Array.from({ length: 90 }).reduce<unknown>((inner) => [inner], 1);
      const many = Object.fromEntries(
        Array.from({ length: 500 }, (_, index) => [`k${index}`, { $ne: index, $gt: index }]),
      );
      for (const filter of [wide, { deep }, many, { n: { $in: Array(5_000).fill(1) } }]) {
        const { status } = await alice('POST', '/store/items/search', {
          namespace_prefix: ['alice'],
          filter,
        });
        expect([200, 422]).toContain(status);
      }
    });

    it('a deletion without a key deletes nothing (abuse case 54)', async () => {
      expect(await alice('DELETE', '/store/items', { namespace: ['alice', 'notes'] })).toMatchObject({
        status: 422,
      });
      expect(await alice('DELETE', '/store/items')).toMatchObject({ status: 422 });
      const found = await alice('GET', '/store/items?namespace=alice.notes&key=of%20alice%20notes');
      expect(found.body).toMatchObject({ value: { of: 'alice' } });
    });
  });
});
