import type { MatchCondition } from '@langchain/langgraph-checkpoint';
import type { SelectQueryBuilder } from 'typeorm';
import { pathOf, rangeOf } from './namespace.path.js';
import type { StoreItem } from './store-item.entity.js';

const ANY = '*';

/** Adds "lies in this namespace or below". The empty one holds everything. */
export function whereBelow(query: SelectQueryBuilder<StoreItem>, labels: readonly string[]): void {
  if (labels.length === 0) return;
  const { from, to } = rangeOf(labels);
  query.andWhere(`${query.alias}.namespace >= :from AND ${query.alias}.namespace < :to`, { from, to });
}

/**
 * Adds "the namespace begins (or ends) with these labels", of which `*` stands for any one label. What comes before the
 * first `*` of a beginning is found by the index.
 *
 * @param place of the condition among those of one query
 */
export function whereMatches(
  query: SelectQueryBuilder<StoreItem>,
  { matchType, path }: MatchCondition,
  place: number,
): void {
  const { alias } = query;
  const labels: readonly string[] = path;
  pathOf(labels);
  if (matchType === 'prefix' && place === 0) whereBelow(query, beforeWildcard(labels));
  query.andWhere(`${alias}.depth >= ${labels.length}`);
  labels.forEach((label, index) => {
    if (label === ANY) return;
    const position = matchType === 'prefix' ? String(index) : `(${alias}.depth - ${labels.length - index})`;
    const name = `label_${place}_${index}`;
    query.andWhere(`(${alias}.document -> 'namespace' ->> ${position}) = :${name}`, { [name]: label });
  });
}

function beforeWildcard(labels: readonly string[]): readonly string[] {
  const wildcard = labels.indexOf(ANY);
  return wildcard < 0 ? labels : labels.slice(0, wildcard);
}

/** SQL for the path of a namespace's first labels, without the last period. */
export function truncatedPath(query: SelectQueryBuilder<StoreItem>, depth: number): string {
  const { alias } = query;
  const labels = `${alias}.document -> 'namespace'`;
  query.setParameter('depth', depth);
  if (query.dataSource.options.type === 'postgres') {
    return `(SELECT string_agg(label, '.' ORDER BY place) COLLATE "C" FROM jsonb_array_elements_text(${labels}) WITH ORDINALITY AS labels(label, place) WHERE place <= :depth)`;
  }
  return `(SELECT group_concat(label.value, '.' ORDER BY label.key) FROM json_each(${labels}) AS label WHERE label.key < :depth)`;
}
