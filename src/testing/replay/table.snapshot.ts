import { isDeepStrictEqual } from 'node:util';
import { DataSource } from 'typeorm';
import { runAsSystem } from '../../on-auth/authorization.context.js';

/** Every row of every table, by table and primary key. */
export type Tables = ReadonlyMap<string, ReadonlyMap<string, Readonly<Record<string, unknown>>>>;

/**
 * Reads past every scope, as only a test does.
 * @param beating columns that change all the while, whatever anybody asks for
 */
export function readTables(dataSource: DataSource, beating: readonly string[] = []): Promise<Tables> {
  const steady = (row: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(row).filter(([column]) => !beating.includes(column)));
  return runAsSystem('compare the tables before and after a replay', async () => {
    const tables = new Map<string, ReadonlyMap<string, Record<string, unknown>>>();
    for (const { target, tableName, primaryColumns } of dataSource.entityMetadatas) {
      const rows = (await dataSource.getRepository(target).find()) as Record<string, unknown>[];
      const keyOf = (row: object) =>
        primaryColumns.map((column) => String(column.getEntityValue(row))).join(' ');
      tables.set(tableName, new Map(rows.map((row) => [keyOf(row), steady(row)])));
    }
    return tables;
  });
}

/** The rows that are not any more as they were, by table and primary key. */
export function changesOf(before: Tables, after: Tables): readonly string[] {
  return [...before].flatMap(([table, rows]) =>
    [...rows]
      .filter(([key, row]) => !isDeepStrictEqual(row, after.get(table)?.get(key)))
      .map(([key]) => `${table} ${key}`),
  );
}

/** Rows that are new and hang on one that was there: nobody else may have made one. */
export function newRowsOn(ids: ReadonlySet<unknown>, before: Tables, after: Tables): readonly string[] {
  return [...after].flatMap(([table, rows]) =>
    [...rows]
      .filter(
        ([key, row]) => !before.get(table)?.has(key) && Object.values(row).some((value) => ids.has(value)),
      )
      .map(([key]) => `${table} ${key}`),
  );
}
