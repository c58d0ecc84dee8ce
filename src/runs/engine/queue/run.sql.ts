import type { DataSource, QueryRunner } from 'typeorm';

/** The two databases differ in very few places of the engine's own SQL. */
export function isPostgres({ options }: DataSource): boolean {
  return options.type === 'postgres';
}

/**
 * Runs a statement of the engine's own and gives its rows. Parameters are `$1`, `$2` and so on, which both databases know; on
 * SQLite they have to appear in this order.
 */
export async function rowsOf<Row>(
  source: DataSource | QueryRunner,
  sql: string,
  parameters: readonly unknown[],
): Promise<Row[]> {
  if (!('createQueryRunner' in source)) return query(source, sql, parameters);
  const runner = source.createQueryRunner();
  try {
    return await query(runner, sql, parameters);
  } finally {
    await runner.release();
  }
}

async function query<Row>(runner: QueryRunner, sql: string, parameters: readonly unknown[]): Promise<Row[]> {
  const { records } = await runner.query(sql, [...parameters], true);
  return records as Row[];
}
