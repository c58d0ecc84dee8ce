import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Embeddings } from '@langchain/core/embeddings';
import { Logger } from '@nestjs/common';
import { StoreItem } from '../../src/graphs/store/store-item.entity.js';
import type { ItemSearch, PutOptions, StoreItems } from '../../src/graphs/store/store.items.js';
import { StoreVector } from '../../src/graphs/store/store-vector.entity.js';
import { runAsSystem } from '../../src/on-auth/authorization.context.js';
import type { ScopedDataSource } from '../../src/persistence/scoped-data-source.js';
import { openStoreDatabase, storeItemsOn, withStore } from '../graphs/support/store.database.js';
import { databases, type TestDatabase } from '../support/databases.js';
import { startPgvector } from '../support/pgvector.server.js';
import { WordEmbeddings } from '../support/word.embeddings.js';

/** PGlite makes a database of its own first. */
const PATIENCE_MS = 120_000;
const WORDS = ['cat', 'dog', 'bird', 'fish'];

const backends: readonly { backend: string; create: () => Promise<TestDatabase> }[] = [
  ...databases.map(({ dialect, create }) => ({ backend: dialect, create })),
  {
    backend: 'postgres with pgvector',
    async create() {
      const { url, stop } = await startPgvector();
      return { url, drop: stop };
    },
  },
];

describe.each(backends)('search by meaning on $backend', ({ backend, create }) => {
  const hasPgvector = backend.endsWith('pgvector');
  const embeddings = new WordEmbeddings(WORDS);
  let database: TestDatabase;
  let dataSource: ScopedDataSource;
  let items: StoreItems;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    database = await create();
    dataSource = await openStoreDatabase(database.url);
    items = await storeItemsOn(dataSource, { index: { embeddings, dims: WORDS.length } });
  }, PATIENCE_MS);
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });
  afterEach(() =>
    runAsSystem('clean up after a test', () =>
      dataSource.createQueryBuilder().delete().from(StoreItem).execute(),
    ),
  );

  const put = (namespace: string[], key: string, value: object, options?: PutOptions) =>
    withStore(() => items.put(namespace, key, value, options));
  const find = async (query: string, more: Partial<ItemSearch> = {}, decision?: unknown) => {
    const search = { namespace: [], limit: 10, offset: 0, query, ...more };
    const { rows } = await withStore(() => items.search(search), decision);
    return rows.map(({ key }) => key);
  };
  const countVectors = () => runAsSystem('count', () => dataSource.getRepository(StoreVector).count());

  it('finds the nearest first, and says how near', async () => {
    await put(['a'], 'cats', { text: 'cat cat' });
    await put(['a'], 'both', { text: 'cat dog' });
    await put(['a'], 'dogs', { text: 'dog dog dog' });
    const { rows, more } = await withStore(() =>
      items.search({ namespace: ['a'], query: 'a cat', limit: 2, offset: 0 }),
    );
    expect(rows).toMatchObject([
      { key: 'cats', value: { text: 'cat cat' } },
      { key: 'both', namespace: ['a'] },
    ]);
    expect(rows.map(({ score }) => score?.toFixed(4))).toEqual(['1.0000', '0.7071']);
    expect(more).toBe(true);
  });

  it('gives right pages, however many there are', async () => {
    for (let n = 1; n <= 30; n += 1)
      await put(['a', `n${n % 3}`], `k${String(n).padStart(2, '0')}`, {
        text: 'cat '.repeat(n) + 'dog '.repeat(10),
      });
    const all = Array.from({ length: 30 }, (_, index) => `k${String(30 - index).padStart(2, '0')}`);
    expect(await find('cat', { limit: 30 })).toEqual(all);
    const pages: string[] = [];
    for (let offset = 0; offset < 35; offset += 7) pages.push(...(await find('cat', { limit: 7, offset })));
    expect(pages).toEqual(all);
  });

  it('searches below a namespace and within a filter', async () => {
    await put(['a', 'x'], 'one', { text: 'cat', n: 1 });
    await put(['a', 'x'], 'two', { text: 'cat', n: 2 });
    await put(['ax'], 'three', { text: 'cat', n: 2 });
    expect(await find('cat', { namespace: ['a'] })).toEqual(['one', 'two']);
    expect(await find('cat', { filters: [{ n: { $gt: 1 } }] })).toEqual(['two', 'three']);
  });

  it('ranks only what the decision reaches, and fills the page with it (abuse case 47)', async () => {
    for (let n = 0; n < 60; n += 1) await put(['bob'], `his ${n}`, { text: 'cat', owner: 'bob' });
    await put(['alice'], 'hers, near', { text: 'cat dog', owner: 'alice' });
    await put(['alice'], 'hers, far', { text: 'dog', owner: 'alice' });
    const hers = ['hers, near', 'hers, far'];
    expect(await find('cat', { limit: 5 }, { owner: 'alice' })).toEqual(hers);
    expect(await find('cat', { limit: 5 }, { namespace: { $contains: 'alice' } })).toEqual(hers);
    expect(await find('cat', { limit: 5, namespace: ['alice'] })).toEqual(hers);
    expect(await find('cat', { limit: 5, offset: 1 }, { owner: 'alice' })).toEqual(['hers, far']);
    expect(await find('cat', { limit: 5 }, { owner: 'nobody' })).toEqual([]);
  });

  it('goes by the fields that an item names, of which the nearest counts, once', async () => {
    await put(
      ['a'],
      'list',
      { parts: [{ text: 'dog' }, { text: 'cat' }], other: 'bird' },
      { index: ['parts[*].text'] },
    );
    await put(['a'], 'title', { title: 'cat dog', other: 'bird' }, { index: ['title'] });
    await put(['a'], 'nothing', { text: 'cat' }, { index: false });
    expect(await find('cat')).toEqual(['list', 'title']);
    expect(await find('bird')).toEqual(['list', 'title']);
    const { rows } = await withStore(() =>
      items.search({ namespace: [], query: 'bird', limit: 5, offset: 0 }),
    );
    expect(rows.map(({ score }) => score)).toEqual([0, 0]);
    const stored = await runAsSystem('look', () =>
      dataSource.getRepository(StoreItem).find({ order: { key: 'ASC' } }),
    );
    expect(stored.map(({ index_paths }) => index_paths)).toEqual([['parts[*].text'], false, ['title']]);
  });

  it('keeps the vectors with their item: replaced, deleted and expired together', async () => {
    await put(['a'], 'k', { text: 'cat' });
    await put(['a'], 'k', { text: 'dog' });
    expect(await countVectors()).toBe(1);
    const { rows } = await withStore(() =>
      items.search({ namespace: [], query: 'cat', limit: 5, offset: 0 }),
    );
    expect(rows[0]?.score).toBe(0);
    await put(['a'], 'short', { text: 'cat' }, { ttl: 1 / 60_000 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await find('cat')).toEqual(['k']);
    await withStore(() => items.delete(['a'], 'k'));
    await withStore(() => items.delete(['a'], 'short'));
    expect(await countVectors()).toBe(0);
  });

  it('does not find an item by the text that it had before somebody without embeddings put it', async () => {
    await put(['a'], 'k', { text: 'cat' });
    await new Promise((resolve) => setTimeout(resolve, 2));
    const plain = await storeItemsOn(dataSource);
    await withStore(() => plain.put(['a'], 'k', { text: 'dog' }));
    expect(await find('cat')).toEqual([]);
  });

  it('stores nothing when the embedding function fails, or gives what are no vectors', async () => {
    await put(['a'], 'k', { text: 'cat' });
    for (const vectors of ['throw', [], [[1]], [[1, 2, 3, Number.NaN]], [['1', 2, 3, 4]], null] as const) {
      const failing = new FailingEmbeddings(vectors);
      const broken = await storeItemsOn(dataSource, { index: { embeddings: failing, dims: 4 } });
      for (const work of [
        () => broken.put(['a'], 'k', { text: 'dog' }),
        () => broken.put(['a'], 'new', { text: 'dog' }),
      ]) {
        await expect(withStore(work)).rejects.toMatchObject({
          name: 'EmbeddingFailedError',
          message: 'The embedding function failed',
        });
      }
    }
    expect(await find('cat')).toEqual(['k']);
    expect(await countVectors()).toBe(1);
  });

  it('asks the embedding function outside of any transaction, and for nothing that is refused', async () => {
    const before = embeddings.embedded.length;
    await expect(put([], 'k', { text: 'cat' })).rejects.toMatchObject({ name: 'InvalidStoreItemError' });
    await expect(put(['a'], 'k', { text: 'cat' }, { index: ['a[x]'] })).rejects.toThrow('no path');
    expect(embeddings.embedded).toHaveLength(before);
    const patient = new PatientEmbeddings(() => put(['a'], 'meanwhile', { text: 'dog' }));
    const slow = await storeItemsOn(dataSource, { index: { embeddings: patient, dims: 4 } });
    await withStore(() => slow.put(['a'], 'slow', { text: 'cat' }));
    expect(await find('cat')).toEqual(['slow', 'meanwhile']);
  });

  it('finds nothing by what means nothing, and no item that means nothing', async () => {
    await put(['a'], 'k', { text: 'unknown' });
    await put(['a'], 'l', { text: 'cat' });
    expect(await find('unknown')).toEqual([]);
    expect(await find('cat')).toEqual(['l']);
  });

  it('leaves vectors of another size out', async () => {
    const other = new WordEmbeddings(['cat', 'dog']);
    const others = await storeItemsOn(dataSource, { index: { embeddings: other, dims: 2 } });
    await withStore(() => others.put(['a'], 'two', { text: 'cat' }));
    await put(['a'], 'four', { text: 'cat' });
    expect(await find('cat')).toEqual(['four']);
  });

  if (!hasPgvector) return;

  it('has the database rank, by an index, and still fills the page where that finds too few', async () => {
    for (let n = 0; n < 60; n += 1) await put(['bob'], `his ${n}`, { text: 'cat' });
    for (const key of ['one', 'two']) await put(['alice'], key, { text: 'cat dog dog' });
    const plan = await runAsSystem('look at the plan', async () => {
      for (const way of ['seqscan', 'sort', 'bitmapscan', 'hashjoin', 'mergejoin'])
        await dataSource.query(`SET enable_${way} = off`);
      return dataSource.query<unknown[]>(
        `EXPLAIN SELECT 1 FROM store_vector WHERE dims = 4 ORDER BY CAST("embedding" AS vector(4)) <=> CAST('[1,0,0,0]' AS vector(4)) LIMIT 5`,
      );
    });
    expect(JSON.stringify(plan)).toContain('Index Scan using store_vector_embedding_4');
    expect(await find('cat', { namespace: ['alice'], limit: 5 })).toEqual(['one', 'two']);
    expect(await find('cat', { limit: 5 })).toHaveLength(5);
  });
});

class FailingEmbeddings extends Embeddings {
  constructor(private readonly vectors: unknown) {
    super({});
  }
  override async embedDocuments(): Promise<number[][]> {
    if (this.vectors === 'throw') throw new Error('the key is sk-secret');
    return this.vectors as number[][];
  }
  override async embedQuery(): Promise<number[]> {
    return [];
  }
}

/** Does something else first, which a transaction around it would keep from ending. */
class PatientEmbeddings extends WordEmbeddings {
  constructor(private readonly meanwhile: () => Promise<void>) {
    super(WORDS);
  }
  override async embedDocuments(texts: string[]): Promise<number[][]> {
    await this.meanwhile();
    return super.embedDocuments(texts);
  }
}
