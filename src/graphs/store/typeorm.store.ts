import {
  BaseStore,
  type GetOperation,
  type Item,
  type ListNamespacesOperation,
  type Operation,
  type OperationResults,
  type PutOperation,
  type SearchItem,
  type SearchOperation,
} from '@langchain/langgraph-checkpoint';
import { toJsonObject } from '../execution/serialize.js';
import { assertClientLabels } from './namespace.path.js';
import { StoreAccess, type StoreListRequest, type StoreSearchRequest } from './store.access.js';
import { InvalidStoreItemError } from './store.errors.js';
import { StoreItems, type StoredItem } from './store.items.js';

const DEFAULT_LIMIT = 10;

/**
 * The long-term memory of graphs, in the service's own database. Every operation is decided for the principal whose run it
 * is; a graph cannot reach further than its caller.
 */
export class TypeOrmStore extends BaseStore {
  constructor(
    private readonly items: StoreItems,
    private readonly access: StoreAccess,
  ) {
    super();
  }

  /** Reads first, in their order, then writes; of several writes to one item the last one counts. */
  override async batch<Op extends Operation[]>(operations: Op): Promise<OperationResults<Op>> {
    const results: unknown[] = [];
    const writes = new Map<string, PutOperation>();
    for (const operation of operations) {
      if ('value' in operation) {
        writes.set(JSON.stringify([operation.namespace, operation.key]), operation);
        results.push(undefined);
      } else results.push(await this.read(operation));
    }
    for (const write of writes.values()) await this.write(write);
    return results as OperationResults<Op>;
  }

  private read(
    operation: Exclude<Operation, PutOperation>,
  ): Promise<Item | null | SearchItem[] | string[][]> {
    if ('namespacePrefix' in operation) return this.find(operation);
    if ('key' in operation) return this.fetch(operation);
    return this.enumerate(operation);
  }

  private fetch({ namespace, key }: GetOperation): Promise<Item | null> {
    const address = { namespace: asked(namespace), key };
    return this.access.within({ action: 'get', ...address }, async (granted) => {
      const item = await this.items.get(granted.namespace, granted.key);
      return item && present(item);
    });
  }

  private find(operation: SearchOperation): Promise<SearchItem[]> {
    const { namespacePrefix, filter, query, limit = DEFAULT_LIMIT, offset = 0 } = operation;
    const request: StoreSearchRequest = {
      action: 'search',
      namespace: asked(namespacePrefix),
      ...(filter && { filter: structuredClone(filter) }),
      ...(query !== undefined && { query }),
      limit,
      offset,
    };
    return this.access.within(request, async ({ filter: granted, ...search }) => {
      const { rows } = await this.items.search({ ...search, filters: [filter, granted] });
      return rows.map(present);
    });
  }

  private enumerate({
    matchConditions = [],
    maxDepth,
    limit,
    offset,
  }: ListNamespacesOperation): Promise<string[][]> {
    const prefix = matchConditions.find(({ matchType }) => matchType === 'prefix');
    const suffix = matchConditions.find(({ matchType }) => matchType === 'suffix');
    const request: StoreListRequest = {
      action: 'list_namespaces',
      ...(prefix && { namespace: asked(prefix.path) }),
      ...(suffix && { suffix: asked(suffix.path) }),
      ...(maxDepth !== undefined && { max_depth: maxDepth }),
      limit,
      offset,
      further: matchConditions.filter((condition) => condition !== prefix && condition !== suffix),
    };
    return this.access.within(request, async ({ namespace, max_depth, ...search }) => {
      const found = await this.items.listNamespaces({ ...search, prefix: namespace, maxDepth: max_depth });
      return [...found.rows];
    });
  }

  private write({ namespace, key, value, index }: PutOperation): Promise<void> {
    const address = { namespace: asked(namespace), key };
    if (value === null) {
      return this.access.within({ action: 'delete', ...address }, (granted) =>
        this.items.delete(granted.namespace, granted.key),
      );
    }
    if (typeof value !== 'object' || Array.isArray(value))
      throw new InvalidStoreItemError('The value must be an object');
    const copy = toJsonObject(value);
    const request = {
      action: 'put',
      ...address,
      value: copy,
      ...(index !== undefined && { index }),
    } as const;
    return this.access.within(request, (granted) =>
      this.items.put(granted.namespace, granted.key, granted.value, { index }),
    );
  }
}

/** A copy that a policy may change. */
function asked(labels: readonly string[]): string[] {
  assertClientLabels(labels);
  return [...labels];
}

function present({ created_at, updated_at, ...item }: StoredItem): SearchItem {
  return { ...item, createdAt: created_at, updatedAt: updated_at };
}
