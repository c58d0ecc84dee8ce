import type { SelectQueryBuilder } from 'typeorm';
import type { StoreItem } from './store-item.entity.js';
import type { Vector } from './store.embedder.js';
import { StoreVector } from './store-vector.entity.js';

/** The address of an item, and how near its nearest vector is: the cosine, from -1 to 1. */
export interface RankedItem {
  readonly namespace: string;
  readonly key: string;
  readonly score: number;
}

export interface StorePage {
  readonly limit: number;
  readonly offset: number;
}

/** Ranks items by what they mean. */
export interface VectorRanking {
  /**
   * The nearest come first; of equals, the first by address. Each item is there once, however many vectors it has.
   *
   * @param visible selects, as `item`, what may be ranked at all; nothing else is looked at
   */
  rank(
    visible: SelectQueryBuilder<StoreItem>,
    query: Vector,
    page: StorePage,
  ): Promise<readonly RankedItem[]>;
}

/** The vectors of those items, as `vector`; only such as can be compared, and that are of the value as it is now. */
export function vectorsOf(
  visible: SelectQueryBuilder<StoreItem>,
  dims: number,
): SelectQueryBuilder<StoreItem> {
  return visible
    .clone()
    .innerJoin(
      StoreVector,
      'vector',
      'vector.namespace = item.namespace AND vector.key = item.key AND vector.put_at = item.updated_at',
    )
    .andWhere(`vector.dims = ${dims}`)
    .select('item.namespace', 'namespace')
    .addSelect('item.key', 'key');
}

/** One text for each address: no key has a NUL. */
export function addressOf({ namespace, key }: Pick<RankedItem, 'namespace' | 'key'>): string {
  return `${namespace}\0${key}`;
}

/** As JSON and pgvector write it. Embeddings have no more than seven significant digits. */
export function vectorText(vector: Vector): string {
  return JSON.stringify(vector.map((component) => Number(component.toPrecision(7))));
}
