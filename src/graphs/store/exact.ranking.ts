import type { SelectQueryBuilder } from 'typeorm';
import type { StoreItem } from './store-item.entity.js';
import type { Vector } from './store.embedder.js';
import {
  addressOf,
  vectorsOf,
  type RankedItem,
  type StorePage,
  type VectorRanking,
} from './vector.ranking.js';

/** How many vectors are in memory at once. */
const BATCH = 500;

interface Row {
  readonly namespace: string;
  readonly key: string;
  readonly place: number;
  readonly vector: string;
}

/** Compares every visible vector with the query, in this process: for databases that cannot. */
export class ExactRanking implements VectorRanking {
  async rank(
    visible: SelectQueryBuilder<StoreItem>,
    query: Vector,
    { limit, offset }: StorePage,
  ): Promise<readonly RankedItem[]> {
    const best = new Map<string, RankedItem>();
    const size = Math.hypot(...query);
    for await (const { namespace, key, vector } of read(visible, query.length)) {
      const score = cosine(query, JSON.parse(vector) as Vector, size);
      const id = addressOf({ namespace, key });
      if (score > (best.get(id)?.score ?? Number.NEGATIVE_INFINITY)) best.set(id, { namespace, key, score });
    }
    return [...best.values()].sort(byRank).slice(offset, offset + limit);
  }
}

async function* read(visible: SelectQueryBuilder<StoreItem>, dims: number): AsyncGenerator<Row> {
  const query = vectorsOf(visible, dims)
    .addSelect('vector.place', 'place')
    .addSelect('vector.vector', 'vector')
    .orderBy('vector.namespace')
    .addOrderBy('vector.key')
    .addOrderBy('vector.place')
    .limit(BATCH);
  let rows = await query.getRawMany<Row>();
  while (rows.length > 0) {
    yield* rows;
    if (rows.length < BATCH) return;
    const { namespace, key, place } = rows[rows.length - 1];
    const rest = query.clone();
    rest.andWhere(
      '(vector.namespace, vector.key, vector.place) > (:afterNamespace, :afterKey, :afterPlace)',
      {
        afterNamespace: namespace,
        afterKey: key,
        afterPlace: place,
      },
    );
    rows = await rest.getRawMany<Row>();
  }
}

function cosine(query: Vector, vector: Vector, size: number): number {
  let product = 0;
  let square = 0;
  for (const [index, component] of vector.entries()) {
    product += component * query[index];
    square += component * component;
  }
  return product / (size * Math.sqrt(square));
}

function byRank(one: RankedItem, other: RankedItem): number {
  if (one.score !== other.score) return other.score - one.score;
  if (one.namespace !== other.namespace) return one.namespace < other.namespace ? -1 : 1;
  return one.key < other.key ? -1 : 1;
}
