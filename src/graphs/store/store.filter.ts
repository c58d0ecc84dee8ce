import type { SelectQueryBuilder } from 'typeorm';
import { renderContainment } from '../../persistence/containment/containment.renderer.js';
import type { Bind, Dialect } from '../../persistence/filter-sql/filter.renderer.js';
import { COVERING_KEYS } from './store.document.js';
import { InvalidStoreItemError } from './store.errors.js';
import type { StoreItem } from './store-item.entity.js';

type Scalar = string | number | boolean | null;

/** Either of the two JSON columns of an item, and the databases' way to look into it. */
interface Member {
  readonly dialect: Dialect;
  readonly column: string;
  readonly key: string;
  readonly bind: Bind;
}

const COMPARISONS: Readonly<Record<string, string>> = { $gt: '>', $gte: '>=', $lt: '<', $lte: '<=' };

/**
 * Adds the filter of a store search: for each key of the value a JSON value that it must equal (an object or a list: that it
 * must contain), or operators, of which all must hold: `$eq`, `$ne`, `$in`, `$nin`, and `$gt`, `$gte`, `$lt`, `$lte`, which
 * compare numbers with numbers and text with text, code point by code point. A missing key is only not equal.
 *
 * @throws InvalidStoreItemError for an unknown operator or a wrong operand
 */
export function whereFilter(
  query: SelectQueryBuilder<StoreItem>,
  filter: Readonly<Record<string, unknown>>,
): void {
  const { driver } = query.dataSource;
  const dialect: Dialect = driver.options.type === 'postgres' ? 'postgres' : 'sqlite';
  let count = 0;
  const bind: Bind = (value) => {
    const name = `filter_${count++}`;
    query.setParameter(name, value);
    return `:${name}`;
  };
  for (const [key, wanted] of Object.entries(filter)) {
    const column = `${driver.escape(query.alias)}.${driver.escape(COVERING_KEYS.has(key) ? 'covered' : 'document')}`;
    for (const condition of conditions({ dialect, column, key, bind }, wanted)) query.andWhere(condition);
  }
}

function conditions(member: Member, wanted: unknown): string[] {
  if (!isOperators(wanted)) return [equals(member, wanted)];
  return Object.entries(wanted).map(([operator, operand]) => condition(member, operator, operand));
}

function condition(member: Member, operator: string, operand: unknown): string {
  switch (operator) {
    case '$eq':
      return equals(member, operand);
    case '$ne':
      return not(equals(member, operand));
    case '$in':
      return isAnyOf(member, operand);
    case '$nin':
      return not(isAnyOf(member, operand));
  }
  const sign = COMPARISONS[operator];
  if (sign === undefined) throw new InvalidStoreItemError(`Unknown operator in the filter: ${operator}`);
  return compares(member, sign, operand);
}

function equals({ dialect, column, key, bind }: Member, value: unknown): string {
  if (value === undefined) throw new InvalidStoreItemError(`The filter says nothing about "${key}"`);
  return `(${renderContainment(dialect, column, Object.fromEntries([[key, value]]), bind)})`;
}

function isAnyOf(member: Member, values: unknown): string {
  if (!Array.isArray(values)) throw new InvalidStoreItemError('$in and $nin take a list');
  if (values.length === 0) return '1 = 0';
  return `(${values.map((value: unknown) => equals(member, value)).join(' OR ')})`;
}

/** The type is looked at first, inside a CASE: without it PostgreSQL might convert text to a number, and fail. */
function compares(member: Member, sign: string, operand: unknown): string {
  if (typeof operand !== 'number' && typeof operand !== 'string')
    throw new InvalidStoreItemError('$gt, $gte, $lt and $lte take a number or text');
  if (Number.isNaN(operand)) throw new InvalidStoreItemError('$gt, $gte, $lt and $lte do not take NaN');
  return member.dialect === 'postgres'
    ? comparesOnPostgres(member, sign, operand)
    : comparesOnSqlite(member, sign, operand);
}

function comparesOnPostgres({ column, key, bind }: Member, sign: string, operand: number | string): string {
  const name = bind(key);
  const text = `(${column} ->> CAST(${name} AS text))`;
  const isOfType = `jsonb_typeof(${column} -> CAST(${name} AS text)) = '${typeof operand}'`;
  const comparison =
    typeof operand === 'number'
      ? `CAST(${text} AS numeric) ${sign} CAST(${bind(operand)} AS numeric)`
      : `${text} COLLATE "C" ${sign} ${bind(operand)}`;
  return `(CASE WHEN ${isOfType} THEN ${comparison} ELSE FALSE END)`;
}

function comparesOnSqlite({ column, key, bind }: Member, sign: string, operand: number | string): string {
  const path = bind(`$.${JSON.stringify(key)}`);
  const types = typeof operand === 'number' ? `('integer', 'real')` : `('text')`;
  return `(CASE WHEN json_type(${column}, ${path}) IN ${types} THEN (${column} ->> ${path}) ${sign} ${bind(operand)} ELSE FALSE END)`;
}

/** For a missing key the condition is NULL, and NOT NULL would be NULL again. */
function not(sql: string): string {
  return `((${sql}) IS NOT TRUE)`;
}

function isOperators(wanted: unknown): wanted is Record<string, Scalar | Scalar[]> {
  if (typeof wanted !== 'object' || wanted === null || Array.isArray(wanted)) return false;
  return Object.keys(wanted).some((key) => key.startsWith('$'));
}
