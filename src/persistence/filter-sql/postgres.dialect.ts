import type { JsonScalar } from '../../on-auth/filter/filter.js';
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
      ? `${indexedValue(target)} = ${indexedOperand(target, value, bind)}`
      : hasMember(target, JSON.stringify(value), bind),

  isAnyOf: (target, values, bind) => {
    if (!target.indexed) {
      return `(${values.map((value) => hasMember(target, JSON.stringify(value), bind)).join(' OR ')})`;
    }
    const operands = values.map((value) => indexedOperand(target, value, bind)).join(', ');
    return `${indexedValue(target)} IN (${operands})`;
  },

  // Not the `?` operator: of an array it tells whether the key is one of the elements.
  exists: (target, bind) =>
    target.indexed
      ? `${indexedValue(target)} IS NOT NULL`
      : `(${target.column} -> CAST(${bind(target.key)} AS text)) IS NOT NULL`,

  contains: (target, values, bind) => hasMember(target, JSON.stringify(values), bind),
};

function indexedValue({ column, key, keyColumn }: Target): string {
  return keyColumn ?? scopeKeyExpression(column, key);
}

/** `jsonb` has one text for each scalar that JSON.stringify writes, so equal texts are equal values here as well. */
function indexedOperand({ keyColumn }: Target, value: JsonScalar, bind: Bind): string {
  const json = asJson(JSON.stringify(value), bind);
  return keyColumn === undefined ? json : `CAST(${json} AS text)`;
}

function hasMember({ column, key }: Target, json: string, bind: Bind): string {
  return `${column} @> ${asJson(`{${JSON.stringify(key)}:${json}}`, bind)}`;
}

/** CAST, because a query builder may read the second colon of `::` as the start of a parameter. */
function asJson(json: string, bind: Bind): string {
  return `CAST(${bind(json)} AS jsonb)`;
}
