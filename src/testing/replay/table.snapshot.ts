import { DataSource } from 'typeorm';
import { runAsSystem } from '../../../src/on-auth/index.js';
import type { TestApplication } from '../../support/application.js';
import type { Ids } from './ids.js';

/** Every row of every table, by table and primary key. */
export type Tables = ReadonlyMap<string, ReadonlyMap<string, Readonly<Record<string, unknown>>>>;

/** A worker proves in these that it is alive, whatever anybody asks for. */
const BEATING = new Set(['lease_expires_at']);

/** Reads past every scope, as only a test does. */
export function readTables({ app }: TestApplication): Promise<Tables> {
  const dataSource = app.get(DataSource);
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

/** What of the rows that were there has become of them. */
export function remainsOf(before: Tables, after: Tables): Tables {
  return new Map(
    [...before].map(([table, rows]) => [
      table,
      new Map([...rows.keys()].flatMap((key) => entryOf(key, after.get(table)?.get(key)))),
    ]),
  );
}

/** Rows that are new and hang on one that was there: nobody else may have made one. */
export function newRowsOn(world: readonly Ids[], before: Tables, after: Tables): readonly string[] {
  const owned = new Set(
    world.flatMap(({ thread_id, run_id, assistant_id }) => [thread_id, run_id, assistant_id]),
  );
  return [...after].flatMap(([table, rows]) =>
    [...rows]
      .filter(
        ([key, row]) =>
          !before.get(table)?.has(key) && Object.values(row).some((value) => owned.has(value as string)),
      )
      .map(([key]) => `${table} ${key}`),
  );
}

function steady(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([column]) => !BEATING.has(column)));
}

function entryOf<T>(key: string, row: T | undefined): readonly (readonly [string, T])[] {
  return row === undefined ? [] : [[key, row]];
}
