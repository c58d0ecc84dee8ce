import { isStorableText } from '../storable.js';
import type { Filter, JsonScalar } from './filter.js';

export const MAX_FILTER_DEPTH = 8;
export const MAX_FILTER_MEMBERS = 100;
/** Of one filter in all, each member of a list counted: databases limit parameters and depth of a statement. */
export const MAX_FILTER_COMPARISONS = 500;

/** What a handler returned is not a filter. The decision is then a refusal, and the fault is the policy's: 500. */
export class InvalidFilterError extends Error {
  override readonly name = 'InvalidFilterError';
}

/**
 * Parses what a handler returned, once, into the closed form that every interpreter agrees on.
 *
 * @throws InvalidFilterError for an unknown or second operator, an empty list or object below the top, `undefined`,
 * a number that JSON cannot hold, and everything else that is not in the grammar. Nothing is ever ignored.
 * @example parseFilter({ owner: 'alice' }) // { kind: 'equals', key: 'owner', value: 'alice' }
 */
export function parseFilter(input: unknown): Filter {
  const entries = entriesOf(input, 'the filter');
  const start: Position = { depth: 1, budget: { comparisons: MAX_FILTER_COMPARISONS } };
  return entries.length === 0 ? { kind: 'everything' } : parseEntries(entries, start);
}

/** How deep the parser is in the filter, and what it may still take: `budget` is one object for the whole filter. */
interface Position {
  readonly depth: number;
  readonly budget: { comparisons: number };
}

function parseObject(input: unknown, where: string, position: Position): Filter {
  const entries = entriesOf(input, where);
  if (entries.length === 0) throw new InvalidFilterError(`${where} is empty`);
  return parseEntries(entries, position);
}

function parseEntries(entries: readonly [string, unknown][], position: Position): Filter {
  if (entries.length > MAX_FILTER_MEMBERS)
    throw new InvalidFilterError(`more than ${MAX_FILTER_MEMBERS} keys`);
  const parts = entries.map(([key, condition]) => parseEntry(key, condition, position));
  return parts.length === 1 ? parts[0] : { kind: 'all', of: parts };
}

function parseEntry(key: string, condition: unknown, position: Position): Filter {
  switch (key) {
    case '$and':
      return { kind: 'all', of: parseMembers(key, condition, position) };
    case '$or':
      return { kind: 'any', of: parseMembers(key, condition, position) };
    case '$not':
      return { kind: 'not', of: parseObject(condition, key, deeper(position)) };
    default:
      return spend(parseCondition(parseKey(key), condition), position);
  }
}

function parseMembers(operator: string, members: unknown, position: Position): readonly Filter[] {
  return listOf(members, operator).map((member) => parseObject(member, operator, deeper(position)));
}

function deeper({ depth, budget }: Position): Position {
  if (depth >= MAX_FILTER_DEPTH)
    throw new InvalidFilterError(`nested deeper than ${MAX_FILTER_DEPTH} levels`);
  return { depth: depth + 1, budget };
}

function spend(condition: Filter, { budget }: Position): Filter {
  budget.comparisons -= 'values' in condition ? condition.values.length : 1;
  if (budget.comparisons < 0) throw new InvalidFilterError(`more than ${MAX_FILTER_COMPARISONS} comparisons`);
  return condition;
}

function parseKey(key: string): string {
  if (key.startsWith('$')) throw new InvalidFilterError(`unknown operator ${JSON.stringify(key)}`);
  if (!isStorableText(key)) throw new InvalidFilterError(`the key ${JSON.stringify(key)} cannot be stored`);
  return key;
}

function parseCondition(key: string, condition: unknown): Filter {
  if (typeof condition !== 'object' || condition === null) {
    return { kind: 'equals', key, value: parseScalar(condition, JSON.stringify(key)) };
  }
  const operators = entriesOf(condition, JSON.stringify(key));
  if (operators.length !== 1)
    throw new InvalidFilterError(`${JSON.stringify(key)} needs exactly one operator`);
  const [[operator, operand]] = operators;
  return parseOperator(key, operator, operand);
}

function parseOperator(key: string, operator: string, operand: unknown): Filter {
  const where = `${JSON.stringify(key)}: ${operator}`;
  switch (operator) {
    case '$eq':
      return { kind: 'equals', key, value: parseScalar(operand, where) };
    case '$ne':
      return { kind: 'not', of: { kind: 'equals', key, value: parseScalar(operand, where) } };
    case '$in':
      return { kind: 'in', key, values: parseScalars(operand, where) };
    case '$contains':
      return {
        kind: 'contains',
        key,
        values: Array.isArray(operand) ? parseScalars(operand, where) : [parseScalar(operand, where)],
      };
    case '$exists':
      if (typeof operand !== 'boolean') throw new InvalidFilterError(`${where} needs true or false`);
      return { kind: 'exists', key, exists: operand };
    default:
      throw new InvalidFilterError(`unknown operator ${JSON.stringify(operator)} for ${JSON.stringify(key)}`);
  }
}

function parseScalars(operand: unknown, where: string): readonly JsonScalar[] {
  return listOf(operand, where).map((member) => parseScalar(member, where));
}

function parseScalar(operand: unknown, where: string): JsonScalar {
  if (operand === null || typeof operand === 'boolean') return operand;
  if (typeof operand === 'number' && Number.isFinite(operand)) return operand;
  if (typeof operand === 'string' && isStorableText(operand)) return operand;
  throw new InvalidFilterError(`${where} is not a JSON string, number, boolean or null`);
}

function listOf(value: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new InvalidFilterError(`${where} needs a list`);
  const { length } = value;
  if (length === 0) throw new InvalidFilterError(`${where} is empty`);
  if (length > MAX_FILTER_MEMBERS) {
    throw new InvalidFilterError(`${where} has more than ${MAX_FILTER_MEMBERS} members`);
  }
  // By index: an iterator of the list's own could yield other members, and more of them, than were counted.
  return Array.from({ length }, (_, index): unknown => value[index]);
}

function entriesOf(value: unknown, where: string): readonly [string, unknown][] {
  if (typeof value !== 'object' || value === null || !isPlain(value)) {
    throw new InvalidFilterError(`${where} is not a plain object`);
  }
  const entries = Object.entries(value);
  // A hidden property would be ignored, and an object of nothing else would mean everything.
  if (Reflect.ownKeys(value).length !== entries.length) {
    throw new InvalidFilterError(`${where} has a symbol as key, or a property that is not enumerable`);
  }
  return entries;
}

/** Whether an object is one as literals make it: of no class. */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
