import type { SelectQueryBuilder } from 'typeorm';
import type { StoreItem } from './store-item.entity.js';
import type { Vector } from './store.embedder.js';
import {
  addressOf,
  vectorsOf,
  vectorText,
  type RankedItem,
  type StorePage,
  type VectorRanking,
} from './vector.ranking.js';

/** As many as an index of pgvector looks for (`hnsw.ef_search`) unless it is told otherwise. */
const NEAREST = 40;
/** An item may have several vectors. */
const VECTORS_PER_ITEM = 2;

interface Row {
  readonly namespace: string;
  readonly key: string;
  readonly score: number;
}

/**
 * Ranks in the database. The vectors that are nearest come from an index where PostgreSQL finds that cheaper; it finds them among
 * everybody's, of which only the visible ones are left. Where those do not fill the page, every visible vector is compared instead.
 */
export class PgvectorRanking implements VectorRanking {
  async rank(
    visible: SelectQueryBuilder<StoreItem>,
    query: Vector,
    page: StorePage,
  ): Promise<readonly RankedItem[]> {
    const wanted = page.offset + page.limit;
    if (wanted * VECTORS_PER_ITEM <= NEAREST) {
      const found = firstOfEach(await this.nearest(visible, query));
      if (found.length >= wanted) return found.slice(page.offset, wanted);
    }
    return this.all(visible, query, page);
  }

  private nearest(visible: SelectQueryBuilder<StoreItem>, query: Vector): Promise<RankedItem[]> {
    const distance = distanceTo(query);
    return vectorsOf(visible, query.length)
      .addSelect(`1 - (${distance})`, 'score')
      .orderBy(distance)
      .limit(NEAREST)
      .setParameter('query', vectorText(query))
      .getRawMany<Row>();
  }

  private all(
    visible: SelectQueryBuilder<StoreItem>,
    query: Vector,
    { limit, offset }: StorePage,
  ): Promise<RankedItem[]> {
    return vectorsOf(visible, query.length)
      .addSelect(`1 - MIN(${distanceTo(query)})`, 'score')
      .groupBy('item.namespace')
      .addGroupBy('item.key')
      .orderBy('score', 'DESC')
      .addOrderBy('item.namespace')
      .addOrderBy('item.key')
      .limit(limit)
      .offset(offset)
      .setParameter('query', vectorText(query))
      .getRawMany<Row>();
  }
}

/** The very expression that the index is on. */
export function indexedVector(dims: number): string {
  return `CAST("embedding" AS vector(${dims}))`;
}

function distanceTo({ length }: Vector): string {
  return `${indexedVector(length).replace('"embedding"', 'vector."embedding"')} <=> CAST(:query AS vector(${length}))`;
}

/** The first of its vectors is an item's nearest. */
function firstOfEach(ranked: readonly RankedItem[]): RankedItem[] {
  const first = new Map<string, RankedItem>();
  for (const item of ranked) {
    const id = addressOf(item);
    if (!first.has(id)) first.set(id, item);
  }
  return [...first.values()];
}
