import type { DataSource, SelectQueryBuilder } from 'typeorm';
import { whereOneOf } from './address.query.js';
import { StoreItem } from './store-item.entity.js';
import type { StoreVectors } from './store.vectors.js';
import { addressOf, type StorePage } from './vector.ranking.js';

export interface FoundItem {
  readonly item: StoreItem;
  readonly score?: number;
}

/** Finds the items of one page, among those that a query selects as `item`. */
export class ItemFinder {
  constructor(
    private readonly dataSource: DataSource,
    private readonly vectors: StoreVectors,
  ) {}

  /** Which they are is told from an index alone, before any item is looked at: those lie anywhere. */
  async newest(visible: SelectQueryBuilder<StoreItem>, { limit, offset }: StorePage): Promise<FoundItem[]> {
    const page = inOrder(visible, 'item').limit(limit).offset(offset);
    page.select('item.namespace', 'namespace').addSelect('item.key', 'key');
    const items = await inOrder(this.dataSource.manager.createQueryBuilder(StoreItem, 'found'), 'found')
      .innerJoin(`(${page.getQuery()})`, 'page', 'page.namespace = found.namespace AND page.key = found.key')
      .setParameters(page.getParameters())
      .getMany();
    return items.map((item) => ({ item }));
  }

  /** One that is no longer visible by the time it is looked at is left out. */
  async nearest(
    visible: SelectQueryBuilder<StoreItem>,
    query: string,
    page: StorePage,
  ): Promise<FoundItem[]> {
    const ranked = await this.vectors.rank(visible, query, page);
    if (ranked.length === 0) return [];
    const items = await whereOneOf(visible.clone(), ranked, 'item.').getMany();
    const byAddress = new Map(items.map((item) => [addressOf(item), item]));
    return ranked.flatMap(({ score, ...address }) => {
      const item = byAddress.get(addressOf(address));
      return item ? [{ item, score }] : [];
    });
  }
}

/** The last change first. */
function inOrder(query: SelectQueryBuilder<StoreItem>, alias: string): SelectQueryBuilder<StoreItem> {
  return query
    .orderBy(`${alias}.updated_at`, 'DESC')
    .addOrderBy(`${alias}.namespace`)
    .addOrderBy(`${alias}.key`);
}
