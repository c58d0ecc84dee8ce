import pg from 'pg';
import sqlite3 from 'sqlite3';
import type { Dialect } from '../../../src/persistence/filter-sql/filter.renderer.js';
import { databases, type TestDatabase } from '../../support/databases.js';

type Parameters = readonly unknown[];

/** A table `document` of `id`, `metadata` and `created_at` in a database of its own. */
export interface DocumentTable {
  readonly dialect: Dialect;
  /** The placeholder of the n-th parameter, from 1 on. */
  readonly placeholder: (position: number) => string;
  readonly query: (sql: string, parameters?: Parameters) => Promise<readonly Record<string, unknown>[]>;
  readonly drop: () => Promise<void>;
}

const COLUMNS = 'id integer PRIMARY KEY, metadata jsonb, created_at bigint NOT NULL';

/** Replaces all rows: ids are positions, `undefined` becomes SQL NULL, the rest is stored as TypeORM stores it. */
export async function storeDocuments(table: DocumentTable, documents: readonly unknown[]): Promise<void> {
  const { dialect, placeholder, query } = table;
  const asJsonb = dialect === 'sqlite' ? `jsonb(${placeholder(2)})` : `CAST(${placeholder(2)} AS jsonb)`;
  const insert = `INSERT INTO document (id, metadata, created_at) VALUES (${placeholder(1)}, ${asJsonb}, ${placeholder(3)})`;
  await query('BEGIN');
  await query('DELETE FROM document');
  for (const [id, document] of documents.entries()) {
    await query(insert, [id, JSON.stringify(document) ?? null, id]);
  }
  await query('COMMIT');
}

export async function createDocumentTable(dialect: Dialect): Promise<DocumentTable> {
  const database = await databaseOf(dialect).create();
  const table = await (dialect === 'sqlite' ? openSqlite : openPostgres)(database);
  await table.query(`CREATE TABLE document (${COLUMNS})`);
  return table;
}

function databaseOf(dialect: Dialect): (typeof databases)[number] {
  const found = databases.find((database) => database.dialect === dialect);
  if (!found) throw new Error(`there is no test database for ${dialect}`);
  return found;
}

async function openPostgres({ url, drop }: TestDatabase): Promise<DocumentTable> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return {
    dialect: 'postgres',
    placeholder: (position) => `$${position}`,
    query: async (sql, parameters = []) =>
      (await client.query<Record<string, unknown>>(sql, [...parameters])).rows,
    drop: async () => {
      await client.end();
      await drop();
    },
  };
}

async function openSqlite({ url, drop }: TestDatabase): Promise<DocumentTable> {
  const connection = await new Promise<sqlite3.Database>((resolve, reject) => {
    const opened = new sqlite3.Database(url.slice('sqlite:'.length), (error) =>
      error ? reject(error) : resolve(opened),
    );
  });
  return {
    dialect: 'sqlite',
    placeholder: (position) => `?${position}`,
    query: (sql, parameters = []) =>
      new Promise((resolve, reject) => {
        connection.all<Record<string, unknown>>(sql, parameters, (error, rows) =>
          error ? reject(error) : resolve(rows),
        );
      }),
    drop: async () => {
      await new Promise<void>((resolve, reject) => {
        connection.close((error) => (error ? reject(error) : resolve()));
      });
      await drop();
    },
  };
}
