import type { WhereExpressionBuilder } from 'typeorm';
import type { StoreItem } from './store-item.entity.js';

/**
 * Adds "is one of these items". A list of values, because a condition for each would nest deeper than SQLite goes.
 *
 * @param alias with a period, where the query has one: `item.`
 */
export function whereOneOf<Q extends WhereExpressionBuilder>(
  query: Q,
  items: readonly Pick<StoreItem, 'namespace' | 'key'>[],
  alias = '',
): Q {
  const parameters: Record<string, string> = {};
  const rows = items.map(({ namespace, key }, index) => {
    parameters[`namespace_${index}`] = namespace;
    parameters[`key_${index}`] = key;
    return `(:namespace_${index}, :key_${index})`;
  });
  const columns = alias === '' ? '"namespace", "key"' : `${alias}namespace, ${alias}key`;
  return query.andWhere(`(${columns}) IN (VALUES ${rows.join(', ')})`, parameters);
}
