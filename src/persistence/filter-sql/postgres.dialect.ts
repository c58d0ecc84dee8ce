import type { Bind, FilterDialect, Target } from './filter.dialect.js';
import { scopeKeyExpression } from './scope-key.expression.js';

/**
 * Containment is what a GIN index serves. Below the top level it is exact: a scalar contains only an equal scalar of the
 * same type, and an array contains an array whose elements it all has. A `jsonb` number is an exact decimal, so two of
 * them are equal when the shortest texts of two doubles are.
 */
export const postgresDialect: FilterDialect = {
  equals: (target, value, bind) =>
    target.indexed
      ? `${scopeKeyExpression(target.column, target.key)} = ${asJson(JSON.stringify(value), bind)}`
      : hasMember(target, JSON.stringify(value), bind),

  isAnyOf: (target, values, bind) => {
    const texts = values.map((value) => JSON.stringify(value));
    if (!target.indexed) return `(${texts.map((json) => hasMember(target, json, bind)).join(' OR ')})`;
    const operands = texts.map((json) => asJson(json, bind)).join(', ');
    return `${scopeKeyExpression(target.column, target.key)} IN (${operands})`;
  },

  // Not the `?` operator: of an array it tells whether the key is one of the elements.
  exists: ({ column, key, indexed }, bind) =>
    indexed
      ? `${scopeKeyExpression(column, key)} IS NOT NULL`
      : `(${column} -> CAST(${bind(key)} AS text)) IS NOT NULL`,

  contains: (target, values, bind) => hasMember(target, JSON.stringify(values), bind),
};

function hasMember({ column, key }: Target, json: string, bind: Bind): string {
  return `${column} @> ${asJson(`{${JSON.stringify(key)}:${json}}`, bind)}`;
}

/** CAST, because a query builder may read the second colon of `::` as the start of a parameter. */
function asJson(json: string, bind: Bind): string {
  return `CAST(${bind(json)} AS jsonb)`;
}
