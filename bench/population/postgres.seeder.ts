import pg from 'pg';
import { threadBatches, type Population } from './population.js';

const INSERT = `
  INSERT INTO "thread" ("thread_id", "created_at", "updated_at", "metadata", "status", "config", "interrupts", "revision")
  SELECT "thread_id", "created_at", "created_at", "metadata", 'idle', '{}', '{}', 0
  FROM jsonb_to_recordset($1::jsonb) AS row("thread_id" varchar, "created_at" bigint, "metadata" jsonb)`;

/** Fills the thread table of a database whose schema the service has made. */
export async function seedPostgres(url: string, population: Population): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('BEGIN');
    for (const batch of threadBatches(population)) await client.query(INSERT, [JSON.stringify(batch)]);
    await client.query('COMMIT');
    await client.query('VACUUM ANALYZE "thread"');
  } finally {
    await client.end();
  }
}
