import type { MatchCondition } from '@langchain/langgraph-checkpoint';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type SelectQueryBuilder } from 'typeorm';
import { rowOf } from '../../persistence/row.js';
import { ScopeViolationError } from '../../persistence/scope-violation.error.js';
import type { JsonObject } from '../execution/serialize.js';
import { whereFilters } from './filter.query.js';
import { ItemFinder } from './item.finder.js';
import { assertAddress, labelsOf, pathOf } from './namespace.path.js';
import { truncatedPath, whereBelow, whereMatches } from './namespace.query.js';
import { documentOf, valueOf } from './store.document.js';
import type { IndexChoice } from './store.embedder.js';
import { InvalidStoreItemError } from './store.errors.js';
import { StoreExpiry } from './store.expiry.js';
import { StoreItem } from './store-item.entity.js';
import { StoreVectors } from './store.vectors.js';
import type { StorePage } from './vector.ranking.js';

export interface StoredItem {
  readonly namespace: string[];
  readonly key: string;
  readonly value: JsonObject;
  readonly created_at: Date;
  readonly updated_at: Date;
  /** How near it is to what was asked for, from -1 to 1; only where something was. */
  readonly score?: number;
}

export interface ReadOptions {
  /** Whether what is read begins its time to live anew. As configured unless given. */
  readonly refreshTtl?: boolean;
}

export interface PutOptions {
  /** In minutes; null is for ever. As configured unless given. */
  readonly ttl?: number | null;
  readonly index?: IndexChoice;
}

export interface ItemSearch extends ReadOptions, StorePage {
  /** The namespace to search in, and all below it. Empty: everywhere. */
  readonly namespace: readonly string[];
  /** All must match. */
  readonly filters?: readonly (Readonly<Record<string, unknown>> | undefined)[];
  /** What the items are to be about. */
  readonly query?: string;
}

export interface NamespaceSearch extends StorePage {
  /** What namespaces begin and end with; `*` stands for any label. */
  readonly prefix?: readonly string[];
  readonly suffix?: readonly string[];
  /** Conditions beyond one beginning and one end. All must hold. */
  readonly further?: readonly MatchCondition[];
  /** Cuts the namespaces off after so many labels; what is then the same is listed once. */
  readonly maxDepth?: number;
}

/** Some rows, and whether there are further ones. */
export interface Found<T> {
  readonly rows: readonly T[];
  readonly more: boolean;
}

/**
 * The items of the store, as far as the decision for the resource `store` in the current scope reaches: what is out of reach
 * does not exist. A decision that restricts is about the value joined with `namespace` and `key`. All methods throw an
 * `InvalidStoreItemError` for what cannot be a namespace, a key, a filter or a page.
 */
@Injectable()
export class StoreItems {
  private readonly finder: ItemFinder;

  constructor(
    private readonly dataSource: DataSource,
    private readonly expiry: StoreExpiry,
    private readonly vectors: StoreVectors,
  ) {
    this.finder = new ItemFinder(dataSource, vectors);
  }

  async get(
    namespace: readonly string[],
    key: string,
    { refreshTtl }: ReadOptions = {},
  ): Promise<StoredItem | null> {
    const query = this.living().andWhere('item.namespace = :path AND item.key = :key', {
      path: pathOf(namespace),
      key,
    });
    const item = await query.getOne();
    if (!item) return null;
    await this.expiry.refresh([item], refreshTtl);
    return present(item);
  }

  /**
   * Creates the item or replaces its value, and what its value means.
   *
   * @throws ScopeViolationError when there is one out of reach, or the new one would be
   * @throws EmbeddingFailedError; then nothing was stored
   */
  async put(
    namespace: readonly string[],
    key: string,
    value: object,
    { ttl, index }: PutOptions = {},
  ): Promise<void> {
    assertAddress(namespace, key);
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new InvalidStoreItemError('The value must be an object');
    const document = documentOf(namespace, key, value);
    const texts = await this.vectors.embed(valueOf(document), index);
    const now = new Date();
    const item = {
      namespace: pathOf(namespace),
      key,
      depth: namespace.length,
      ...document,
      created_at: now,
      updated_at: now,
      index_paths: index ?? null,
      ...this.expiry.of(ttl, now),
    };
    if (!texts) return upsert(this.dataSource.manager, item);
    await this.dataSource.transaction(async (manager) => {
      await upsert(manager, item);
      await this.vectors.replace(manager, item, texts);
    });
  }

  async delete(namespace: readonly string[], key: string): Promise<void> {
    await this.dataSource.manager.delete(StoreItem, { namespace: pathOf(namespace), key });
  }

  /**
   * Those that changed last come first; where something is asked for, those that come nearest to it.
   *
   * @throws InvalidStoreItemError for a query where no embeddings are configured
   */
  async search({
    namespace,
    filters = [],
    query,
    refreshTtl,
    ...page
  }: ItemSearch): Promise<Found<StoredItem>> {
    assertPage(page);
    const visible = this.living();
    whereBelow(visible, namespace);
    whereFilters(visible, filters);
    const wanted = { ...page, limit: page.limit + 1 };
    const found = query
      ? await this.finder.nearest(visible, query, wanted)
      : await this.finder.newest(visible, wanted);
    const { rows, more } = cut(found, page);
    await this.expiry.refresh(
      rows.map(({ item }) => item),
      refreshTtl,
    );
    return {
      rows: rows.map(({ item, score }) => ({ ...present(item), ...(score !== undefined && { score }) })),
      more,
    };
  }

  /** In the order of their labels. */
  async listNamespaces(search: NamespaceSearch): Promise<Found<string[]>> {
    const { prefix = [], suffix = [], further = [], maxDepth, ...page } = search;
    assertPage(page);
    if (maxDepth !== undefined) assertWhole('max_depth', maxDepth, 1);
    const query = this.living();
    whereMatches(query, 'prefix', prefix, 0);
    whereMatches(query, 'suffix', suffix, 1);
    further.forEach(({ matchType, path }, place) => whereMatches(query, matchType, path, place + 2));
    const path = maxDepth === undefined ? 'item.namespace' : truncatedPath(query, maxDepth);
    query.select(path, 'path').distinct(true).orderBy('path');
    const rows = await query
      .limit(page.limit + 1)
      .offset(page.offset)
      .getRawMany<{ path: string | null }>();
    return cut(
      rows.map((row) => labelsOf(row.path ?? '')),
      page,
    );
  }

  private living(): SelectQueryBuilder<StoreItem> {
    const query = this.dataSource.manager.createQueryBuilder(StoreItem, 'item');
    return query.where('(item.expires_at IS NULL OR item.expires_at > :now)', { now: Date.now() });
  }
}

const REPLACED = ['depth', 'document', 'covered', 'updated_at', 'index_paths', 'ttl_minutes', 'expires_at'];

/** One text for every way in which an item can be out of reach, so that none is told from the other. */
async function upsert(manager: EntityManager, item: StoreItem): Promise<void> {
  const insert = manager.createQueryBuilder().insert().into(StoreItem).values(rowOf<StoreItem>(item));
  try {
    await insert.orUpdate(REPLACED, ['namespace', 'key']).updateEntity(false).execute();
  } catch (error) {
    if (!(error instanceof ScopeViolationError)) throw error;
    throw new ScopeViolationError(
      'The item does not match the filter of the handler; one that is for every resource does not fit the store, which needs a handler of its own',
      error.keys,
    );
  }
}

/** Of rows that were read one beyond the limit. */
function cut<T>(rows: readonly T[], { limit }: StorePage): Found<T> {
  return { rows: rows.slice(0, limit), more: rows.length > limit };
}

function assertPage({ limit, offset }: StorePage): void {
  assertWhole('limit', limit, 1);
  assertWhole('offset', offset, 0);
}

function assertWhole(name: string, value: unknown, least: number): void {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value < 2 ** 52) return;
  throw new InvalidStoreItemError(`${name} must be a whole number from ${least} on`);
}

function present(item: StoreItem): StoredItem {
  const { namespace, key, created_at, updated_at } = item;
  return { namespace: labelsOf(namespace), key, value: valueOf(item), created_at, updated_at };
}
