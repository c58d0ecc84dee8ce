import type { NamespaceMatchType } from '@langchain/langgraph-checkpoint';
import type { SelectQueryBuilder } from 'typeorm';
import { AuthorizationContext } from '../../on-auth/authorization.context.js';
import { rangeOf } from './namespace.path.js';
import type { StoreItem } from './store-item.entity.js';

const ANY = '*';

/** Adds "lies in this namespace or below". The empty one holds everything. */
export function whereBelow(query: SelectQueryBuilder<StoreItem>, labels: readonly string[]): void {
  if (labels.length === 0) return;
  const { from, to } = rangeOf(labels);
  query.andWhere(`${query.alias}.namespace >= :from AND ${query.alias}.namespace < :to`, { from, to });
}

/**
 * Adds "the namespace begins (or ends) with these labels", of which `*` stands for any one label. The conditions on a
 * beginning up to its first `*` are one range of the index.
 *
 * @param place of the condition among those of one query
 */
export function whereMatches(
  query: SelectQueryBuilder<StoreItem>,
  matchType: NamespaceMatchType,
  labels: readonly string[],
  place: number,
): void {
  const { alias } = query;
  const isAny = wildcard();
  const found = matchType === 'prefix' && place === 0 ? labelsBefore(labels, isAny) : [];
  whereBelow(query, found);
  if (found.length === labels.length) return;
  query.andWhere(`${alias}.depth >= ${labels.length}`);
  labels.forEach((label, index) => {
    if (index < found.length || isAny(label)) return;
    const position = matchType === 'prefix' ? String(index) : `(${alias}.depth - ${labels.length - index})`;
    const name = `label_${place}_${index}`;
    query.andWhere(`(${alias}.document -> 'namespace' ->> ${position}) = :${name}`, { [name]: label });
  });
}

/** A policy that lets everybody below their own name compares that with a label: for somebody called `*` it is no wildcard. */
function wildcard(): (label: string) => boolean {
  const scope = AuthorizationContext.current();
  if (scope?.kind === 'principal' && scope.principal.identity === ANY) return () => false;
  return (label) => label === ANY;
}

function labelsBefore(labels: readonly string[], isAny: (label: string) => boolean): readonly string[] {
  const first = labels.findIndex(isAny);
  return first < 0 ? labels : labels.slice(0, first);
}

/** SQL for the path of a namespace's first labels, without the last period. */
export function truncatedPath(query: SelectQueryBuilder<StoreItem>, depth: number): string {
  const { alias } = query;
  query.setParameter('depth', depth);
  if (query.dataSource.options.type === 'postgres')
    return `array_to_string((string_to_array(${alias}.namespace, '.'))[1:least(:depth, ${alias}.depth)], '.') COLLATE "C"`;
  const written = `replace(replace(label.value, char(27), char(27) || '0'), '.', char(27) || '1')`;
  return `(SELECT group_concat(${written}, '.' ORDER BY label.key) FROM json_each(${alias}.document -> 'namespace') AS label WHERE label.key < :depth)`;
}
