import type { Filter } from './filter.js';

const PLAIN_KEY = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

/**
 * A filter as people read it. Keys that are no plain names are quoted, values are JSON.
 *
 * @example formatFilter(parseFilter({ $or: [{ owner: 'alice' }, { shared_with: { $contains: 'alice' } }] }))
 * // 'owner = "alice" or shared_with contains "alice"'
 */
export function formatFilter(filter: Filter): string {
  switch (filter.kind) {
    case 'everything':
      return 'everything';
    case 'equals':
      return `${formatKey(filter.key)} = ${JSON.stringify(filter.value)}`;
    case 'in':
      return `${formatKey(filter.key)} in ${listOf(filter.values)}`;
    case 'exists':
      return `${formatKey(filter.key)} ${filter.exists ? 'exists' : 'is missing'}`;
    case 'contains':
      return `${formatKey(filter.key)} contains ${filter.values.length === 1 ? JSON.stringify(filter.values[0]) : listOf(filter.values)}`;
    case 'all':
      return filter.of.map(formatPart).join(' and ');
    case 'any':
      return filter.of.map(formatPart).join(' or ');
    case 'not':
      return `not (${formatFilter(filter.of)})`;
  }
}

export function formatKey(key: string): string {
  return PLAIN_KEY.test(key) ? key : JSON.stringify(key);
}

function formatPart(part: Filter): string {
  const isList = part.kind === 'all' || part.kind === 'any';
  return isList && part.of.length > 1 ? `(${formatFilter(part)})` : formatFilter(part);
}

function listOf(values: readonly unknown[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(', ')}]`;
}
