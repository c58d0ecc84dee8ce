import { InvalidStoreItemError } from './store.errors.js';

export const COMPARISONS = ['$gt', '$gte', '$lt', '$lte'] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** What one member of a value has to be like. */
export type FilterCondition =
  | { readonly kind: '$eq' | '$ne'; readonly key: string; readonly operand: unknown }
  | { readonly kind: '$in' | '$nin'; readonly key: string; readonly operands: readonly unknown[] }
  | { readonly kind: Comparison; readonly key: string; readonly operand: number | string };

/**
 * Reads the filter of a store search: for each key of the value a JSON value that it must equal (an object or a list: that it
 * must contain), or operators, of which all must hold: `$eq`, `$ne`, `$in`, `$nin`, and `$gt`, `$gte`, `$lt`, `$lte`, which
 * compare numbers with numbers and text with text, code point by code point. A missing key is only not equal.
 *
 * @throws InvalidStoreItemError for an unknown operator or a wrong operand
 */
export function parseStoreFilter(filter: Readonly<Record<string, unknown>>): readonly FilterCondition[] {
  return Object.entries(filter).flatMap(([key, wanted]) =>
    isOperators(wanted)
      ? Object.entries(wanted).map(([operator, operand]) => conditionOf(key, operator, operand))
      : [conditionOf(key, '$eq', wanted)],
  );
}

function conditionOf(key: string, operator: string, operand: unknown): FilterCondition {
  switch (operator) {
    case '$eq':
    case '$ne':
      return { kind: operator, key, operand: told(key, operand) };
    case '$in':
    case '$nin':
      if (!Array.isArray(operand)) throw new InvalidStoreItemError('filter: $in and $nin take a list');
      return { kind: operator, key, operands: operand.map((one: unknown) => told(key, one)) };
  }
  const comparison = COMPARISONS.find((name) => name === operator);
  if (!comparison) throw new InvalidStoreItemError(`filter has the unknown operator ${operator}`);
  if ((typeof operand !== 'number' && typeof operand !== 'string') || Number.isNaN(operand))
    throw new InvalidStoreItemError('filter: $gt, $gte, $lt and $lte take a number or text');
  return { kind: comparison, key, operand };
}

function told(key: string, value: unknown): unknown {
  if (value === undefined) throw new InvalidStoreItemError(`filter says nothing about "${key}"`);
  return value;
}

function isOperators(wanted: unknown): wanted is Record<string, unknown> {
  if (typeof wanted !== 'object' || wanted === null || Array.isArray(wanted)) return false;
  return Object.keys(wanted).some((key) => key.startsWith('$'));
}
