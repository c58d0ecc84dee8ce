import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { InMemoryStore, type Item } from '@langchain/langgraph-checkpoint';
import fc from 'fast-check';
import { StoreAccess, type StoreRequest } from '../../src/graphs/store/store.access.js';
import { StoreItem } from '../../src/graphs/store/store-item.entity.js';
import type { StoreItems } from '../../src/graphs/store/store.items.js';
import { TypeOrmStore } from '../../src/graphs/store/typeorm.store.js';
import { runAsSystem } from '../../src/on-auth/authorization.context.js';
import type { ScopedDataSource } from '../../src/persistence/scoped-data-source.js';
import { databases, type TestDatabase } from '../support/databases.js';
import { SurroundingStoreAccess } from './support/surrounding-store.access.js';
import { openStoreDatabase, storeItemsOn, withStore } from './support/store.database.js';

/** One millisecond, in minutes. */
const A_MOMENT = 1 / 60_000;

describe.each(databases)('the store on $dialect', ({ dialect, create }) => {
  let database: TestDatabase;
  let dataSource: ScopedDataSource;
  let items: StoreItems;
  let store: TypeOrmStore;

  beforeAll(async () => {
    database = await create();
    dataSource = await openStoreDatabase(database.url);
    items = await storeItemsOn(dataSource);
    store = new TypeOrmStore(items, new SurroundingStoreAccess());
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });
  afterEach(() =>
    runAsSystem('clean up after a test', () =>
      dataSource.createQueryBuilder().delete().from(StoreItem).execute(),
    ),
  );

  const put = (namespace: string[], key: string, value: object): Promise<void> =>
    withStore(() => store.put(namespace, key, value as Record<string, unknown>));
  const search = async (prefix: string[], filter?: Record<string, unknown>): Promise<string[]> => {
    const found = await withStore(() => store.search(prefix, { filter, limit: 100 }));
    return found.map(({ key }) => key).sort();
  };
  const list = (options: Parameters<TypeOrmStore['listNamespaces']>[0] = {}): Promise<string[][]> =>
    withStore(() => store.listNamespaces(options));

  describe('an item', () => {
    it('is found where it was put', async () => {
      await put(['users', 'alice'], 'prefs', { theme: 'dark', deep: { list: [1, null] } });
      expect(await withStore(() => store.get(['users', 'alice'], 'prefs'))).toEqual({
        namespace: ['users', 'alice'],
        key: 'prefs',
        value: { theme: 'dark', deep: { list: [1, null] } },
        createdAt: expect.any(Date),
        updatedAt: expect.any(Date),
      });
    });

    it('is nowhere else', async () => {
      await put(['users', 'alice'], 'prefs', {});
      for (const [namespace, key] of [
        [['users'], 'prefs'],
        [['users', 'alice', 'x'], 'prefs'],
        [['users', 'alice'], 'other'],
        [['users', 'ALICE'], 'prefs'],
      ] as [string[], string][]) {
        expect(await withStore(() => store.get(namespace, key))).toBeNull();
      }
    });

    it('is replaced, and keeps the time it was made', async () => {
      await put(['a'], 'k', { one: 1 });
      const before = await withStore(() => store.get(['a'], 'k'));
      await put(['a'], 'k', { two: 2 });
      const after = await withStore(() => store.get(['a'], 'k'));
      expect(after).toMatchObject({ value: { two: 2 }, createdAt: before?.createdAt });
      expect(after?.value).toEqual({ two: 2 });
      expect(Number(after?.updatedAt)).toBeGreaterThanOrEqual(Number(before?.updatedAt));
    });

    it('can be deleted, also when there is none', async () => {
      await put(['a'], 'k', {});
      await withStore(() => store.delete(['a'], 'k'));
      await withStore(() => store.delete(['a'], 'k'));
      expect(await withStore(() => store.get(['a'], 'k'))).toBeNull();
    });

    it('keeps members that are called as parts of its address', async () => {
      const value = { namespace: 'mine', key: ['k'], other: 1 };
      await put(['a'], 'k', value);
      expect((await withStore(() => store.get(['a'], 'k')))?.value).toEqual(value);
      expect(await search([], { namespace: 'mine' })).toEqual(['k']);
      expect(await search([], { key: 'k' })).toEqual([]);
    });

    it('is gone when its time is over', async () => {
      await withStore(() => items.put(['a'], 'short', {}, { ttl: A_MOMENT }));
      await withStore(() => items.put(['a'], 'long', {}, { ttl: 5 }));
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(await withStore(() => store.get(['a'], 'short'))).toBeNull();
      expect(await search([])).toEqual(['long']);
      expect(await list()).toEqual([['a']]);
    });

    it.each(["'; DROP TABLE store_item; --", '%', '_', '*', '"', '\\', '[0]', '$', '😀', ' ', 'a/b'])(
      'lies safely below the label and key %j',
      async (text) => {
        await put([text, 'x'], text, { [text]: text });
        await put(['other', 'x'], 'k', { other: 1 });
        expect(await search([text])).toEqual([text]);
        expect(await search([], { [text]: text })).toEqual([text]);
        expect(await list({ prefix: [text] })).toEqual(
          text === '*'
            ? [
                ['*', 'x'],
                ['other', 'x'],
              ]
            : [[text, 'x']],
        );
        expect(await list({ suffix: ['x'], maxDepth: 1 })).toHaveLength(2);
      },
    );

    const refused: [string, string[], string, unknown, string][] = [
      ['no namespace', [], 'k', {}, 'Namespace'],
      ['an empty label', ['a', ''], 'k', {}, 'label'],
      ['a label with a period', ['a.b'], 'k', {}, 'periods'],
      ['a label with a NUL', ['a\0'], 'k', {}, 'label'],
      ['half a character as a label', ['\ud800'], 'k', {}, 'label'],
      ['a key with a NUL', ['a'], 'k\0', {}, 'key'],
      ['a key that is too long', ['a'], 'k'.repeat(2000), {}, 'longer'],
      ['a list as its value', ['a'], 'k', [], 'object'],
      ['text as its value', ['a'], 'k', 'text', 'object'],
    ];
    it.each(refused)('cannot have %s', async (_, namespace, key, value, message) => {
      await expect(
        withStore(() => store.batch([{ namespace, key, value: value as Record<string, unknown> }])),
      ).rejects.toThrow(message);
    });
  });

  describe('a search', () => {
    it('finds what lies below a namespace, by whole labels', async () => {
      await put(['users', 'bob'], 'bob', {});
      await put(['users', 'bob', 'notes'], 'note', {});
      await put(['users', 'bob2'], 'bob2', {});
      await put(['users', 'bo'], 'bo', {});
      await put(['users'], 'users', {});
      expect(await search(['users', 'bob'])).toEqual(['bob', 'note']);
      expect(await search(['users'])).toEqual(['bo', 'bob', 'bob2', 'note', 'users']);
      expect(await search([])).toHaveLength(5);
      expect(await search(['user'])).toEqual([]);
    });

    it('tells the last change first, a page at a time', async () => {
      for (const key of ['one', 'two', 'three']) {
        await put(['a'], key, {});
        await new Promise((resolve) => setTimeout(resolve, 3));
      }
      await put(['a'], 'one', { changed: true });
      const page = (offset: number): Promise<Item[]> =>
        withStore(() => store.search(['a'], { limit: 2, offset }));
      expect((await page(0)).map(({ key }) => key)).toEqual(['one', 'three']);
      expect((await page(2)).map(({ key }) => key)).toEqual(['two']);
    });

    const values = {
      number: { n: 5, s: 'm', list: ['x', 'y'], deep: { a: 1, b: 2 } },
      text: { n: '5', s: 'z' },
      zero: { n: 0, b: false, none: null },
      fraction: { n: 5.5 },
      empty: {},
    };
    const filters: [string, Record<string, unknown>, (keyof typeof values)[]][] = [
      ['a number', { n: 5 }, ['number']],
      ['text', { n: '5' }, ['text']],
      ['false', { b: false }, ['zero']],
      ['null', { none: null }, ['zero']],
      ['several keys', { n: 5, s: 'm' }, ['number']],
      ['$eq', { n: { $eq: 5 } }, ['number']],
      ['$eq of false', { b: { $eq: false } }, ['zero']],
      ['$ne, also of a missing key', { n: { $ne: 5 } }, ['empty', 'fraction', 'text', 'zero']],
      ['$gt', { n: { $gt: 5 } }, ['fraction']],
      ['$gte', { n: { $gte: 5 } }, ['fraction', 'number']],
      ['$lt', { n: { $lt: 5 } }, ['zero']],
      ['$lte', { n: { $lte: 5 } }, ['number', 'zero']],
      ['a range', { n: { $gt: 0, $lt: 5.5 } }, ['number']],
      ['text by its order', { s: { $gt: 'm' } }, ['text']],
      ['$in', { n: { $in: [0, '5'] } }, ['text', 'zero']],
      ['$in nothing', { n: { $in: [] } }, []],
      ['$nin', { n: { $nin: [0, '5'] } }, ['empty', 'fraction', 'number']],
      ['a list that holds it', { list: ['y'] }, ['number']],
      ['an object that holds it', { deep: { b: 2 } }, ['number']],
      ['nothing', {}, ['empty', 'fraction', 'number', 'text', 'zero']],
      ['a name of every object', { constructor: 'x' }, []],
    ];
    it.each(filters)('filters by %s', async (_, filter, expected) => {
      for (const [key, value] of Object.entries(values)) await put(['f'], key, value);
      expect(await search(['f'], filter)).toEqual(expected);
    });

    it.each([{ n: { $regex: '.' } }, { n: { $gt: [] } }, { n: { $in: 5 } }, { n: { $gt: NaN } }])(
      'refuses the filter %j',
      async (filter) => {
        await expect(search([], filter)).rejects.toMatchObject({ name: 'InvalidStoreItemError' });
      },
    );
  });

  describe('the list of namespaces', () => {
    const all = [['a'], ['a', 'b'], ['a', 'b', 'c'], ['a', 'x', 'c'], ['ab'], ['b', 'a', 'c']];
    const cases: [string, Parameters<TypeOrmStore['listNamespaces']>[0], string[][]][] = [
      ['all', {}, all],
      ['those that begin with a label', { prefix: ['a'] }, all.slice(0, 4)],
      [
        'those that begin with labels',
        { prefix: ['a', 'b'] },
        [
          ['a', 'b'],
          ['a', 'b', 'c'],
        ],
      ],
      [
        'those that end with a label',
        { suffix: ['c'] },
        [
          ['a', 'b', 'c'],
          ['a', 'x', 'c'],
          ['b', 'a', 'c'],
        ],
      ],
      [
        'those between',
        { prefix: ['a'], suffix: ['c'] },
        [
          ['a', 'b', 'c'],
          ['a', 'x', 'c'],
        ],
      ],
      [
        'any label',
        { prefix: ['a', '*', 'c'] },
        [
          ['a', 'b', 'c'],
          ['a', 'x', 'c'],
        ],
      ],
      ['any first label', { prefix: ['*', 'a'] }, [['b', 'a', 'c']]],
      [
        'any label near the end',
        { suffix: ['a', '*'] },
        [
          ['a', 'b'],
          ['b', 'a', 'c'],
        ],
      ],
      ['their beginnings', { maxDepth: 1 }, [['a'], ['ab'], ['b']]],
      ['their longer beginnings', { maxDepth: 2, prefix: ['a'] }, [['a'], ['a', 'b'], ['a', 'x']]],
      ['one page', { limit: 2, offset: 1 }, all.slice(1, 3)],
      ['none', { prefix: ['nope'] }, []],
    ];
    it.each(cases)('has %s', async (_, options, expected) => {
      for (const namespace of all) for (const key of ['k', 'l']) await put(namespace, key, {});
      expect(await list(options)).toEqual(expected);
    });
  });

  it('answers as the store in memory does', async () => {
    const label = fc.constantFrom('a', 'b', 'ab');
    const namespace = fc.array(label, { minLength: 1, maxLength: 3 });
    const value = fc.record({ n: fc.constantFrom(1, 2, '1', null) }, { requiredKeys: [] });
    const entry = fc.tuple(namespace, fc.constantFrom('k', 'l'), value);
    const path = fc.array(fc.constantFrom('a', 'b', '*'), { maxLength: 2 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(entry, { maxLength: 12 }),
        path,
        path,
        fc.nat(3),
        async (entries, prefix, suffix, depth) => {
          await runAsSystem('begin anew', () =>
            dataSource.createQueryBuilder().delete().from(StoreItem).execute(),
          );
          const memory = new InMemoryStore();
          for (const [labels, key, content] of entries) {
            const operation = [{ namespace: labels, key, value: content }];
            await Promise.all([memory.batch(operation), withStore(() => store.batch(operation))]);
          }
          const literal = prefix.map((part) => part.replace('*', 'ab'));
          const options = { prefix, suffix, limit: 100, ...(depth > 0 && { maxDepth: depth }) };
          const both = [memory, store].map((one) =>
            withStore(async () => ({
              found: (await one.search(literal, { filter: { n: 1 }, limit: 100 })).map((item) => [
                item.namespace,
                item.key,
                item.value,
              ]),
              namespaces: await one.listNamespaces(options),
            })),
          );
          const [expected, actual] = await Promise.all(both);
          const sorted = (values: unknown[] = []): string[] =>
            values.map((one) => JSON.stringify(one)).sort();
          expect(sorted(actual?.found)).toEqual(sorted(expected?.found));
          expect(sorted(actual?.namespaces)).toEqual(sorted(expected?.namespaces));
        },
      ),
      { numRuns: 40 },
    );
  });

  describe('under a decision', () => {
    const mine = { namespace: { $contains: 'alice' } };
    it('shows only what the decision reaches', async () => {
      await put(['alice', 'x'], 'hers', { n: 1 });
      await put(['bob', 'x'], 'his', { n: 1 });
      await withStore(async () => {
        expect((await store.search([])).map(({ key }) => key)).toEqual(['hers']);
        expect(await store.get(['bob', 'x'], 'his')).toBeNull();
        expect(await store.listNamespaces()).toEqual([['alice', 'x']]);
        expect(await store.listNamespaces({ maxDepth: 1 })).toEqual([['alice']]);
        await store.delete(['bob', 'x'], 'his');
      }, mine);
      expect(await search(['bob'])).toEqual(['his']);
    });

    it('refuses to put out of its reach, over an item or beside it', async () => {
      await put(['bob'], 'his', { n: 1 });
      for (const key of ['his', 'new']) {
        await expect(withStore(() => store.put(['bob'], key, { n: 2 }), mine)).rejects.toMatchObject({
          name: 'ScopeViolationError',
        });
      }
      expect(await search([], { n: 1 })).toEqual(['his']);
    });

    it('can be about the value', async () => {
      const owned = { owner: 'alice' };
      await withStore(() => store.put(['a'], 'k', { owner: 'alice' }), owned);
      await put(['a'], 'l', { owner: 'bob' });
      expect((await withStore(() => store.search([]), owned)).map(({ key }) => key)).toEqual(['k']);
      await expect(withStore(() => store.put(['a'], 'l', { owner: 'alice' }), owned)).rejects.toMatchObject({
        name: 'ScopeViolationError',
      });
    });

    it('is out of reach without one', async () => {
      await expect(store.get(['a'], 'k')).rejects.toMatchObject({ name: 'ScopeMissingError' });
      await expect(store.put(['a'], 'k', {})).rejects.toMatchObject({ name: 'ScopeMissingError' });
    });
  });

  it('asks its policy about every operation, and does what the policy made of it', async () => {
    const asked: StoreRequest[] = [];
    class PrependingAccess extends StoreAccess {
      override within<R extends StoreRequest, T>(request: R, work: (granted: R) => Promise<T>): Promise<T> {
        asked.push(structuredClone(request));
        return withStore(() => work({ ...request, namespace: ['alice', ...(request.namespace ?? [])] }));
      }
    }
    const guarded = new TypeOrmStore(items, new PrependingAccess());
    await guarded.put(['notes'], 'k', { n: 1 });
    expect(await guarded.get(['notes'], 'k')).toMatchObject({ namespace: ['alice', 'notes'] });
    expect(await guarded.search(['notes'])).toHaveLength(1);
    await put(['bob'], 'k', {});
    expect(await guarded.listNamespaces()).toEqual([['alice', 'notes']]);
    await guarded.delete(['notes'], 'k');
    expect(asked).toEqual([
      { action: 'put', namespace: ['notes'], key: 'k', value: { n: 1 } },
      { action: 'get', namespace: ['notes'], key: 'k' },
      { action: 'search', namespace: ['notes'], limit: 10, offset: 0 },
      { action: 'list_namespaces', limit: 100, offset: 0, further: [] },
      { action: 'delete', namespace: ['notes'], key: 'k' },
    ]);
    expect(await search([])).toEqual(['k']);
  });

  describe('by an index', () => {
    const page = { limit: 10, offset: 0 };
    const PREFIX = /namespace>\? AND namespace<\?|Index Cond: [^"]*namespace[^"]* >= /;
    const ways: [string, () => Promise<unknown>, RegExp][] = [
      [
        'an item',
        () => items.get(['users', 'alice'], 'k'),
        /namespace=\? AND key=\?|Index Cond: [^"]*namespace[^"]* = /,
      ],
      [
        'the newest below a namespace',
        () => items.search({ namespace: ['users', 'alice'], ...page }),
        PREFIX,
      ],
      [
        'what matches a filter below a namespace',
        () => items.search({ namespace: ['users', 'alice'], filters: [{ n: { $gt: 1 } }], ...page }),
        PREFIX,
      ],
      [
        'the namespaces below one',
        () => items.listNamespaces({ prefix: ['users', 'alice'], ...page }),
        PREFIX,
      ],
      [
        'their beginnings and ends',
        () => items.listNamespaces({ prefix: ['users', 'alice', '*'], suffix: ['x'], maxDepth: 3, ...page }),
        PREFIX,
      ],
    ];
    it.each(ways)('finds %s', async (_, find, expected) => {
      const asked: [string, unknown[]][] = [];
      const { logger } = dataSource;
      dataSource.logger = Object.assign(Object.create(logger) as typeof logger, {
        logQuery: (sql: string, parameters: unknown[] = []) => void asked.push([sql, parameters]),
      });
      await withStore(find).finally(() => (dataSource.logger = logger));
      const [[sql, parameters]] = asked;
      const plan = await runAsSystem('look at the plan', async () => {
        if (dialect === 'sqlite') return dataSource.query<unknown[]>(`EXPLAIN QUERY PLAN ${sql}`, parameters);
        await dataSource.query('SET enable_seqscan = off');
        return dataSource.query<unknown[]>(`EXPLAIN ${sql}`, parameters);
      });
      expect(JSON.stringify(plan)).toMatch(expected);
      expect(JSON.stringify(plan)).not.toMatch(/SCAN (item|store_item)|Seq Scan/);
    });
  });
});
