import type { ObjectLiteral, QueryRunner } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { PlainEntity } from '../statements/plain.entity.js';
import { RowSearch } from '../statements/row.search.js';
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
  if (distinct.length === 1 && PlainEntity.of(metadata)) {
    const search = new RowSearch(runner.manager.getRepository(metadata.target));
    columns.forEach(({ propertyName }, place) => {
      search.and(`${search.column(propertyName)} = ${search.bind(distinct[0][place])}`);
    });
    return (await search.count()) === 1;
  }
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
