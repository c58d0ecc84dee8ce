import fc from 'fast-check';
import type { ItemRow } from '../support/model.js';
import {
  Disagreement,
  criteria,
  expectSame,
  firstOf,
  imageStatus,
  metadata,
  objectIn,
  operation,
  page,
  verdict,
  type FuzzAnswer,
  type Scene,
} from '../support/operation.js';
import { isRefusal, stamped } from '../support/rules.js';

interface Address {
  readonly labels: readonly string[];
  readonly key: string;
}

/** Few enough that several principals want the same one. */
const labels = fc.array(fc.constantFrom('a', 'b'), { maxLength: 2 });
const address: fc.Arbitrary<Address> = fc.record({ labels, key: fc.constantFrom('k', 'l', "m'") });

const put = operation('put an item', 5, { address, metadata }, (scene, { address, metadata }) => {
  const { actor, cast, model } = scene;
  const { id, namespace, key, row } = itemAt(scene, address);
  const toPut = verdict(scene, 'store', 'create');
  const client = cast.resolve(metadata);
  const value = stamped(actor, client);
  const document = { ...value, namespace, key };
  return {
    request: { method: 'PUT', url: '/store/items', body: { namespace, key, value: client } },
    status: firstOf(
      isRefusal(toPut) ? 403 : 204,
      imageStatus(toPut, document),
      row ? imageStatus(toPut, row.metadata) : 204,
    ),
    settle: () => void model.items.add({ id, metadata: document, created_at: '', namespace, key, value }),
  };
});

const get = operation('get an item', 4, { address }, (scene, { address }) => {
  const { namespace, key, row } = itemAt(scene, address);
  const toGet = verdict(scene, 'store', 'read');
  const query = new URLSearchParams({ namespace: JSON.stringify(namespace), key });
  const seen = row && toGet.reaches(row.metadata) ? row : undefined;
  return {
    request: { method: 'GET', url: `/store/items?${query.toString()}` },
    status: isRefusal(toGet) ? 403 : 200,
    settle: (answer) =>
      expectSame('the value', seen ? objectIn(answer).value : answer.body, seen ? seen.value : null),
  };
});

const remove = operation('delete an item', 2, { address }, (scene, { address }) => {
  const { id, namespace, key, row } = itemAt(scene, address);
  const toDelete = verdict(scene, 'store', 'delete');
  return {
    request: { method: 'DELETE', url: '/store/items', body: { namespace, key } },
    status: isRefusal(toDelete) ? 403 : 204,
    settle() {
      if (row && toDelete.reaches(row.metadata)) scene.model.items.remove(id);
    },
  };
});

const search = operation(
  'search items',
  4,
  { labels, filter: criteria, page: fc.record(page) },
  (scene, { labels, filter, page }) => {
    const toSearch = verdict(scene, 'store', 'search');
    const prefix = namespaceOf(scene, labels);
    const wanted = scene.cast.resolve(filter);
    const found = scene.model.items.found(toSearch, wanted).filter((item) => isBelow(item, prefix));
    return {
      request: {
        method: 'POST',
        url: '/store/items/search',
        body: { namespace_prefix: prefix, filter: wanted, ...page },
      },
      status: isRefusal(toSearch) ? 403 : 200,
      settle: (answer) => expectItems(answer, found, page),
    };
  },
);

const listNamespaces = operation('list namespaces', 3, { labels }, (scene, { labels }) => {
  const toSearch = verdict(scene, 'store', 'search');
  const prefix = namespaceOf(scene, labels);
  const found = scene.model.items.found(toSearch).filter((item) => isBelow(item, prefix));
  return {
    request: { method: 'POST', url: '/store/namespaces', body: { prefix } },
    status: isRefusal(toSearch) ? 403 : 200,
    settle: (answer) =>
      expectSame(
        'the namespaces',
        (objectIn(answer).namespaces as readonly string[][]).map((path) => path.join('/')).sort(),
        [...new Set(found.map(({ namespace }) => namespace.join('/')))].sort(),
      ),
  };
});

export const storeOperations = [put, get, remove, search, listNamespaces];

/** All below one label, that of the world. */
function namespaceOf({ cast }: Scene, labels: readonly string[]): readonly string[] {
  return [cast.mark, ...labels];
}

function itemAt(scene: Scene, { labels, key }: Address) {
  const namespace = namespaceOf(scene, labels);
  const id = [...namespace, key].join('/');
  return { id, namespace, key, row: scene.model.items.get(id) };
}

function isBelow({ namespace }: ItemRow, prefix: readonly string[]): boolean {
  return prefix.every((label, index) => namespace[index] === label);
}

/** A full page of them, in an order that only the server's clock knows. */
function expectItems(
  answer: FuzzAnswer,
  found: readonly ItemRow[],
  { limit, offset }: { limit: number; offset: number },
): void {
  const items = objectIn(answer).items as readonly ItemRow[];
  const byId = new Map(found.map((item) => [item.id, item]));
  for (const { namespace, key, value } of items) {
    const id = [...namespace, key].join('/');
    const expected = byId.get(id);
    if (!expected) throw new Disagreement(`${id} is found, but not by the model`);
    expectSame(`the value of ${id}`, value, expected.value);
    byId.delete(id);
  }
  expectSame('the number of items', items.length, Math.max(0, Math.min(limit, found.length - offset)));
  const next = found.length > offset + limit ? String(offset + limit) : undefined;
  expectSame('x-pagination-next', answer.headers['x-pagination-next'], next);
}
