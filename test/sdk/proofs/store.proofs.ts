import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import { expectRefusal, TIME, type ProofsOf, type Scene } from '../proof.js';

const NOT_AUTHORIZED = 'Not authorized';
/** A namespace of alice's that nothing else uses. */
const ownNamespace = (): string[] => ['alice', randomUUID()];
const SHORT_MINUTES = 1 / 30;
const SHORT_MS = SHORT_MINUTES * 60_000;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const keysOf = ({ items }: { items: { key: string }[] }) => items.map(({ key }) => key);

async function withItems(
  { alice }: Scene,
  values: Record<string, Record<string, unknown>>,
): Promise<string[]> {
  const namespace = ownNamespace();
  for (const [key, value] of Object.entries(values)) await alice.store.putItem(namespace, key, value);
  return namespace;
}

export const storeProofs: ProofsOf<'store'> = {
  putItem: {
    'keeps an item, and replaces it': async ({ alice }) => {
      const namespace = ownNamespace();
      await expect(alice.store.putItem(namespace, 'k', { n: 1 })).resolves.toBeUndefined();
      const first = await alice.store.getItem(namespace, 'k');
      await alice.store.putItem(namespace, 'k', { n: 2 });
      expect(await alice.store.getItem(namespace, 'k')).toMatchObject({
        value: { n: 2 },
        createdAt: first?.createdAt,
      });
    },
    'keeps it no longer than its time to live': async ({ alice }) => {
      const namespace = ownNamespace();
      await alice.store.putItem(namespace, 'short', {}, { ttl: SHORT_MINUTES });
      await alice.store.putItem(namespace, 'long', {}, { ttl: 5 });
      await alice.store.putItem(namespace, 'ever', {}, { ttl: null });
      await wait(SHORT_MS + 50);
      expect(await alice.store.getItem(namespace, 'short')).toBeNull();
      expect(keysOf(await alice.store.searchItems(namespace)).sort()).toEqual(['ever', 'long']);
    },
    'takes what is to be indexed': async ({ alice }) => {
      const namespace = ownNamespace();
      for (const index of [null, false, ['text', 'list[*].text']] as const)
        await alice.store.putItem(namespace, 'k', { text: 'x' }, { index: index && [...index] });
      expect(await alice.store.getItem(namespace, 'k')).toMatchObject({ value: { text: 'x' } });
    },
    "refuses somebody else's namespace with 403, none with 422": async ({ alice, bob }) => {
      await expectRefusal(bob.store.putItem(ownNamespace(), 'k', {}), 403, NOT_AUTHORIZED);
      await expectRefusal(alice.store.putItem([], 'k', {}), 422, 'Namespace is required');
    },
  },
  getItem: {
    'returns the item with its times': async (scene) => {
      const namespace = await withItems(scene, { k: { deep: { list: [1, null] } } });
      expect(await scene.alice.store.getItem(namespace, 'k')).toEqual({
        namespace,
        key: 'k',
        value: { deep: { list: [1, null] } },
        created_at: TIME,
        updated_at: TIME,
        createdAt: TIME,
        updatedAt: TIME,
      });
    },
    'is null where there is none, and refuses to look elsewhere': async (scene) => {
      const namespace = await withItems(scene, { k: {} });
      expect(await scene.alice.store.getItem(namespace, 'other')).toBeNull();
      await expectRefusal(scene.bob.store.getItem(namespace, 'k'), 403, NOT_AUTHORIZED);
    },
    'begins the time to live anew, unless told not to': async ({ alice }) => {
      const namespace = ownNamespace();
      for (const key of ['refreshed', 'left'])
        await alice.store.putItem(namespace, key, {}, { ttl: SHORT_MINUTES });
      await wait(SHORT_MS * 0.6);
      await alice.store.getItem(namespace, 'refreshed');
      await alice.store.getItem(namespace, 'left', { refreshTtl: false });
      await wait(SHORT_MS * 0.6);
      expect(await alice.store.getItem(namespace, 'left')).toBeNull();
      expect(await alice.store.getItem(namespace, 'refreshed', { refreshTtl: true })).not.toBeNull();
    },
  },
  deleteItem: {
    'deletes the item, or none': async (scene) => {
      const namespace = await withItems(scene, { k: {}, other: {} });
      await expect(scene.alice.store.deleteItem(namespace, 'k')).resolves.toBeUndefined();
      await scene.alice.store.deleteItem(namespace, 'k');
      expect(keysOf(await scene.alice.store.searchItems(namespace))).toEqual(['other']);
    },
    "leaves somebody else's": async (scene) => {
      const namespace = await withItems(scene, { k: {} });
      await expectRefusal(scene.bob.store.deleteItem(namespace, 'k'), 403, NOT_AUTHORIZED);
      expect(await scene.alice.store.getItem(namespace, 'k')).not.toBeNull();
    },
  },
  searchItems: {
    'finds what lies below a namespace, by filter and page': async (scene) => {
      const namespace = await withItems(scene, { one: { n: 1 }, two: { n: 2 }, three: { n: 3 } });
      const search = async (options?: Parameters<typeof scene.alice.store.searchItems>[1]) =>
        keysOf(await scene.alice.store.searchItems(namespace, options)).sort();
      expect(await search()).toEqual(['one', 'three', 'two']);
      expect(await search({ filter: { n: { $gte: 2 } } })).toEqual(['three', 'two']);
      expect(await search({ filter: { n: 1 } })).toEqual(['one']);
      expect([...(await search({ limit: 2 })), ...(await search({ limit: 2, offset: 2 }))].sort()).toEqual([
        'one',
        'three',
        'two',
      ]);
    },
    'finds by meaning, the nearest first': async (scene) => {
      const namespace = await withItems(scene, {
        cat: { text: 'cat cat' },
        both: { text: 'cat dog' },
        dog: { text: 'dog' },
      });
      const { items } = await scene.alice.store.searchItems(namespace, { query: 'cat' });
      expect(items.map(({ key }) => key)).toEqual(['cat', 'both', 'dog']);
      expect(items[0]?.score).toBeCloseTo(1);
    },
    'begins the time to live anew, unless told not to': async ({ alice }) => {
      const namespace = ownNamespace();
      for (const key of ['refreshed', 'left'])
        await alice.store.putItem(namespace, key, { key }, { ttl: SHORT_MINUTES });
      await wait(SHORT_MS * 0.6);
      await alice.store.searchItems(namespace, { filter: { key: 'refreshed' } });
      await alice.store.searchItems(namespace, { filter: { key: 'left' }, refreshTtl: false });
      await wait(SHORT_MS * 0.6);
      expect(keysOf(await alice.store.searchItems(namespace))).toEqual(['refreshed']);
    },
    "finds nothing of anybody else's, and refuses to look there": async (scene) => {
      const namespace = await withItems(scene, { k: {} });
      await expectRefusal(scene.bob.store.searchItems(namespace), 403, NOT_AUTHORIZED);
      expect(keysOf(await scene.bob.store.searchItems([], { limit: 1000 }))).not.toContain('k');
    },
  },
  listNamespaces: {
    'lists them by beginning, end and depth': async (scene) => {
      const { store } = scene.alice;
      const namespace = await withItems(scene, { k: {} });
      for (const tail of [
        ['a', 'x'],
        ['b', 'x'],
      ])
        await store.putItem([...namespace, ...tail], 'k', {});
      const list = async (options: Parameters<typeof store.listNamespaces>[0]) =>
        (await store.listNamespaces({ prefix: namespace, ...options })).namespaces.map((labels) =>
          labels.slice(namespace.length).join('/'),
        );
      expect(await list({})).toEqual(['', 'a/x', 'b/x']);
      expect(await list({ suffix: ['x'] })).toEqual(['a/x', 'b/x']);
      expect(await list({ maxDepth: 3 })).toEqual(['', 'a', 'b']);
      expect(await list({ limit: 1, offset: 1 })).toEqual(['a/x']);
    },
    "lists nothing of anybody else's": async (scene) => {
      const namespace = await withItems(scene, { k: {} });
      await expectRefusal(scene.bob.store.listNamespaces({ prefix: namespace }), 403, NOT_AUTHORIZED);
      const { namespaces } = await scene.bob.store.listNamespaces({ limit: 1000 });
      expect(namespaces.every(([first]) => first === 'bob')).toBe(true);
    },
  },
};
