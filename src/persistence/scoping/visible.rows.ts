import type { ObjectLiteral, QueryRunner } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import type { ScopedTable } from './scoped-table.js';

/** Values of some columns of one row, in the order of the columns. */
export type RowKey = readonly unknown[];

/**
 * Whether the current caller sees a row for every key. Soft-deleted rows count: their visibility is not what is asked.
 *
 * @param columns unique together
 */
export async function areAllVisible(
  runner: QueryRunner,
  { metadata }: ScopedTable,
  columns: readonly ColumnMetadata[],
  keys: readonly RowKey[],
): Promise<boolean> {
  const distinct = [...new Map(keys.map((key) => [fingerprint(key), key])).values()];
  if (distinct.length === 0) return true;
  const visible = await runner.manager
    .createQueryBuilder(metadata.target, 'visible_row')
    .withDeleted()
    .where(distinct.map((key) => conditionFor(columns, key)))
    .getCount();
  return visible === distinct.length;
}

export function fingerprint(key: RowKey): string {
  return JSON.stringify(key);
}

function conditionFor(columns: readonly ColumnMetadata[], key: RowKey): ObjectLiteral {
  return Object.assign(
    {},
    ...columns.map((column, index) => column.createValueMap(key[index])),
  ) as ObjectLiteral;
}
