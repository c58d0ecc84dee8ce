import type { MatchCondition } from '@langchain/langgraph-checkpoint';
import { Injectable } from '@nestjs/common';
import { DataSource, type SelectQueryBuilder } from 'typeorm';
import { rowOf } from '../../persistence/row.js';
import type { JsonObject } from '../execution/serialize.js';
import { assertAddress, labelsOf, pathOf } from './namespace.path.js';
import { truncatedPath, whereBelow, whereMatches } from './namespace.query.js';
import { StoreItem } from './store-item.entity.js';
import { documentOf, valueOf } from './store.document.js';
import { InvalidStoreItemError } from './store.errors.js';
import { whereFilter } from './store.filter.js';

export interface StoredItem {
  readonly namespace: string[];
  readonly key: string;
  readonly value: JsonObject;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export interface ItemSearch {
  /** The namespace to search in, and all below it. Empty: everywhere. */
  readonly namespace: readonly string[];
  readonly filter?: Readonly<Record<string, unknown>>;
  readonly limit: number;
  readonly offset: number;
}

export interface NamespaceSearch {
  /** All must hold. */
  readonly match?: readonly MatchCondition[];
  /** Cuts the namespaces off after so many labels; what is then the same is listed once. */
  readonly maxDepth?: number;
  readonly limit: number;
  readonly offset: number;
}

/**
 * The items of the store, as far as the decision for the resource `store` in the current scope reaches: what is out of reach
 * does not exist. A decision that restricts is about the value joined with `namespace` and `key`. All methods throw an
 * `InvalidStoreItemError` for what cannot be a namespace or key.
 */
@Injectable()
export class StoreItems {
  constructor(private readonly dataSource: DataSource) {}

  async get(namespace: readonly string[], key: string): Promise<StoredItem | null> {
    const query = this.living().andWhere('item.namespace = :path AND item.key = :key', {
      path: pathOf(namespace),
      key,
    });
    const item = await query.getOne();
    return item && present(item);
  }

  /**
   * Creates the item or replaces its value.
   *
   * @param ttlMinutes how long it lives from now on. Forever unless given.
   * @throws ScopeViolationError when there is one out of reach, or the new one would be
   */
  async put(
    namespace: readonly string[],
    key: string,
    value: object,
    { ttlMinutes = null }: { readonly ttlMinutes?: number | null } = {},
  ): Promise<void> {
    assertAddress(namespace, key);
    if (Array.isArray(value)) throw new InvalidStoreItemError('The value must be an object');
    const now = new Date();
    const item = rowOf<StoreItem>({
      namespace: pathOf(namespace),
      key,
      depth: namespace.length,
      ...documentOf(namespace, key, value),
      created_at: now,
      updated_at: now,
      ttl_minutes: ttlMinutes,
      expires_at: ttlMinutes === null ? null : new Date(now.getTime() + ttlMinutes * 60_000),
    });
    const insert = this.dataSource.manager.createQueryBuilder().insert().into(StoreItem).values(item);
    await insert.orUpdate(REPLACED, ['namespace', 'key']).updateEntity(false).execute();
  }

  async delete(namespace: readonly string[], key: string): Promise<void> {
    await this.dataSource.manager.delete(StoreItem, { namespace: pathOf(namespace), key });
  }

  /** Those that changed last come first. */
  async search({ namespace, filter = {}, limit, offset }: ItemSearch): Promise<StoredItem[]> {
    const query = this.living();
    whereBelow(query, namespace);
    whereFilter(query, filter);
    query.orderBy('item.updated_at', 'DESC').addOrderBy('item.namespace').addOrderBy('item.key');
    const items = await query.limit(limit).offset(offset).getMany();
    return items.map(present);
  }

  /** In the order of their labels. */
  async listNamespaces({ match = [], maxDepth, limit, offset }: NamespaceSearch): Promise<string[][]> {
    const query = this.living();
    match.forEach((condition, place) => whereMatches(query, condition, place));
    const path = maxDepth === undefined ? 'item.namespace' : truncatedPath(query, maxDepth);
    const rows = await query
      .select(path, 'path')
      .distinct(true)
      .orderBy('path')
      .limit(limit)
      .offset(offset)
      .getRawMany<{ path: string | null }>();
    return rows.map((row) => labelsOf(row.path ?? ''));
  }

  private living(): SelectQueryBuilder<StoreItem> {
    const query = this.dataSource.manager.createQueryBuilder(StoreItem, 'item');
    return query.where('(item.expires_at IS NULL OR item.expires_at > :now)', { now: Date.now() });
  }
}

const REPLACED = ['depth', 'document', 'covered', 'updated_at', 'ttl_minutes', 'expires_at'];

function present(item: StoreItem): StoredItem {
  const { namespace, key, created_at, updated_at } = item;
  return { namespace: labelsOf(namespace), key, value: valueOf(item), created_at, updated_at };
}
