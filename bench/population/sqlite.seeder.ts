import sqlite3 from 'sqlite3';
import { threadBatches, type Population } from './population.js';

const INSERT = `
  INSERT INTO "thread" ("thread_id", "created_at", "updated_at", "metadata", "status", "config", "interrupts", "revision")
  SELECT value ->> 'thread_id', value ->> 'created_at', value ->> 'created_at', jsonb(value -> 'metadata'),
         'idle', jsonb('{}'), jsonb('{}'), 0
  FROM json_each(?)`;

/** Fills the thread table of a database file whose schema the service has made. Nobody else may have it open. */
export async function seedSqlite(path: string, population: Population): Promise<void> {
  const database = await open(path);
  await run(database, 'PRAGMA synchronous = OFF');
  await run(database, 'BEGIN');
  for (const batch of threadBatches(population)) await run(database, INSERT, [JSON.stringify(batch)]);
  await run(database, 'COMMIT');
  // The file alone is what is copied.
  await run(database, 'PRAGMA wal_checkpoint(TRUNCATE)');
  await new Promise<void>((resolve, reject) =>
    database.close((error) => (error ? reject(error) : resolve())),
  );
}

function open(path: string): Promise<sqlite3.Database> {
  return new Promise((resolve, reject) => {
    const database = new sqlite3.Database(path, (error) => (error ? reject(error) : resolve(database)));
  });
}

function run(database: sqlite3.Database, sql: string, parameters: readonly unknown[] = []): Promise<void> {
  return new Promise((resolve, reject) => {
    database.run(sql, parameters, (error) => (error ? reject(error) : resolve()));
  });
}
