import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApplication, type TestApplication } from '../support/application.js';
import { startPgvector, type PgvectorServer } from '../support/pgvector.server.js';
import { WordEmbeddings } from '../support/word.embeddings.js';
import { storeGraphs, surfaces, type StoreInHand } from './support/store.surface.js';

class Unreachable extends WordEmbeddings {
  override async embedDocuments(): Promise<number[][]> {
    throw new Error('connect ECONNREFUSED');
  }
}

const scoresIn = (outcome: unknown) =>
  (outcome as { result: { key: string; score: number }[] }).result.map(({ key, score }) => [
    key,
    score.toFixed(2),
  ]);

/** PGlite makes a database of its own first. */
const PATIENCE_MS = 120_000;

let server: PgvectorServer;
let application: TestApplication;
beforeAll(async () => {
  server = await startPgvector();
  const embeddings = new WordEmbeddings(['cat', 'dog']);
  application = await startApplication({
    databaseUrl: server.url,
    // All connections are one session of it, so a name that is given twice is taken.
    environment: { DATABASE_PREPARED_STATEMENTS: 'off' },
    graphs: storeGraphs,
    store: { index: { embeddings, dims: embeddings.dims, fields: ['text'] } },
  });
}, PATIENCE_MS);
afterAll(async () => {
  await application.stop();
  await server.stop();
});

describe.each(surfaces)('search by meaning $surface', ({ open }) => {
  let alice: StoreInHand;
  let bob: StoreInHand;
  beforeAll(async () => {
    [alice, bob] = await Promise.all(['alice', 'bob'].map((name) => open(application, name)));
  });

  it('ranks one’s own items on a server with pgvector', async () => {
    await bob.put(['bob'], 'his', { text: 'cat' });
    await alice.put(['alice'], 'both', { text: 'cat dog', other: 'cat' });
    await alice.put(['alice'], 'cat', { text: 'cat' });
    expect(scoresIn(await alice.search([], { query: 'cat' }))).toEqual([
      ['cat', '1.00'],
      ['both', '0.71'],
    ]);
  });

  it('is refused in plain words where no embeddings are configured', async () => {
    const plain = await startApplication({ graphs: storeGraphs });
    try {
      const store = await open(plain, 'alice');
      expect(await store.search([], { query: 'cat' })).toEqual({
        refused: 'query needs an embedding function, and none is configured',
      });
    } finally {
      await plain.stop();
    }
  });
});

describe('an embedding function that fails', () => {
  it('is answered with 503 that says nothing of it, and nothing is stored', async () => {
    const embeddings = new Unreachable(['cat']);
    const application = await startApplication({ store: { index: { embeddings, dims: 1 } } });
    try {
      const alice = await application.as('alice');
      const item = { namespace: ['alice'], key: 'k', value: { text: 'cat' } };
      expect(await alice('PUT', '/store/items', item)).toMatchObject({
        status: 503,
        body: { detail: 'The embedding function failed' },
      });
      expect((await alice('GET', '/store/items?namespace=alice&key=k')).text).toBe('null');
      expect(await alice('PUT', '/store/items', { ...item, index: false })).toMatchObject({ status: 204 });
    } finally {
      await application.stop();
    }
  });

  it('stops the boot where its size makes no sense', async () => {
    const embeddings = new WordEmbeddings(['cat']);
    for (const dims of [0, 1.5, 20_000, Number.NaN])
      await expect(startApplication({ store: { index: { embeddings, dims } } })).rejects.toThrow(
        /index\.dims is/,
      );
  });
});
