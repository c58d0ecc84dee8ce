import type { SelectQueryBuilder } from 'typeorm';
import { renderContainment } from '../../persistence/containment/containment.renderer.js';
import type { Bind, Dialect } from '../../persistence/filter-sql/filter.renderer.js';
import { COVERING_KEYS } from './store.document.js';
import { parseStoreFilter, type Comparison, type FilterCondition } from './store.filter.js';
import type { StoreItem } from './store-item.entity.js';

/** Either of the two JSON columns of an item, and the databases' way to look into it. */
interface Member {
  readonly dialect: Dialect;
  readonly column: string;
  readonly key: string;
  readonly bind: Bind;
}

const SIGNS: Readonly<Record<Comparison, string>> = { $gt: '>', $gte: '>=', $lt: '<', $lte: '<=' };

/**
 * Adds the filters of a store search, all of which must match the value; see `parseStoreFilter`.
 *
 * @throws InvalidStoreItemError for a filter that is none
 */
export function whereFilters(
  query: SelectQueryBuilder<StoreItem>,
  filters: readonly (Readonly<Record<string, unknown>> | undefined)[],
): void {
  const { driver } = query.dataSource;
  const dialect: Dialect = driver.options.type === 'postgres' ? 'postgres' : 'sqlite';
  let count = 0;
  const bind: Bind = (value) => {
    const name = `filter_${count++}`;
    query.setParameter(name, value);
    return `:${name}`;
  };
  for (const condition of filters.flatMap((filter) => parseStoreFilter(filter ?? {}))) {
    const { key } = condition;
    const column = `${driver.escape(query.alias)}.${driver.escape(COVERING_KEYS.has(key) ? 'covered' : 'document')}`;
    query.andWhere(render({ dialect, column, key, bind }, condition));
  }
}

function render(member: Member, condition: FilterCondition): string {
  switch (condition.kind) {
    case '$eq':
      return equals(member, condition.operand);
    case '$ne':
      return not(equals(member, condition.operand));
    case '$in':
      return isAnyOf(member, condition.operands);
    case '$nin':
      return not(isAnyOf(member, condition.operands));
    default:
      return compares(member, SIGNS[condition.kind], condition.operand);
  }
}

function equals({ dialect, column, key, bind }: Member, value: unknown): string {
  return `(${renderContainment(dialect, column, Object.fromEntries([[key, value]]), bind)})`;
}

function isAnyOf(member: Member, values: readonly unknown[]): string {
  if (values.length === 0) return '1 = 0';
  return `(${values.map((value) => equals(member, value)).join(' OR ')})`;
}

/** The type is looked at first, inside a CASE: without it PostgreSQL might convert text to a number, and fail. */
function compares(member: Member, sign: string, operand: number | string): string {
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
