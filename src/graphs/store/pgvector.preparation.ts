import type { DataSource } from 'typeorm';
import { runAsSystem } from '../../on-auth/authorization.context.js';
import { withSchemaLock } from '../../persistence/database.preparation.js';
import { indexedVector } from './pgvector.ranking.js';

/** The most that pgvector's index takes. */
const MAX_INDEXED_DIMS = 2_000;

/**
 * Makes the extension, a column of its type that follows the vectors as they are written, and an index for vectors of this size,
 * where they are not there.
 *
 * @returns whether the database has pgvector
 * @throws when it has, but this user may not use it
 */
export function preparePgvector(dataSource: DataSource, dims: number): Promise<boolean> {
  return runAsSystem('prepare pgvector', async () => {
    if (dataSource.options.type !== 'postgres') return false;
    const known = await dataSource.query<unknown[]>(
      `SELECT 1 FROM pg_available_extensions WHERE name = 'vector'`,
    );
    if (known.length === 0) return false;
    if (!(await isPrepared(dataSource, dims))) await prepare(dataSource, dims);
    return true;
  });
}

/** Under row-level security the service does not own the table, and may only find that its owner has done all this. */
async function isPrepared(dataSource: DataSource, dims: number): Promise<boolean> {
  const [{ found }] = await dataSource.query<[{ found: boolean }]>(
    `SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass('store_vector') AND attname = 'embedding')
      AND ($1::integer > $2::integer OR to_regclass('store_vector_embedding_' || $1::integer) IS NOT NULL) AS found`,
    [dims, MAX_INDEXED_DIMS],
  );
  return found;
}

async function prepare(dataSource: DataSource, dims: number): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await withSchemaLock(runner, async () => {
      for (const statement of statementsFor(dims)) await runner.query(statement);
    });
  } finally {
    await runner.release();
  }
}

function statementsFor(dims: number): readonly string[] {
  const column = [
    'CREATE EXTENSION IF NOT EXISTS vector',
    `ALTER TABLE "store_vector" ADD COLUMN IF NOT EXISTS "embedding" vector GENERATED ALWAYS AS (CAST("vector" AS vector)) STORED`,
  ];
  if (dims > MAX_INDEXED_DIMS) return column;
  const index = `CREATE INDEX IF NOT EXISTS "store_vector_embedding_${dims}" ON "store_vector" USING hnsw ((${indexedVector(dims)}) vector_cosine_ops) WHERE "dims" = ${dims}`;
  return [...column, index];
}
