import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { runAsSystem } from '../on-auth/authorization.context.js';
import { keyColumnName, scopeKeyExpression, type Dialect } from './filter-sql/filter.renderer.js';
import type { ScopedDataSource } from './scoped-data-source.js';
import type { ScopedTable } from './scoping/scoped-table.js';

/** What lists are ordered by. A table without such a column gets no index for it. */
const ORDERS = ['created_at', 'updated_at'] as const;
/** Where scope keys are found: in the metadata, or in columns that are generated from it. */
export type KeyStorage = 'expressions' | 'columns';
/** PostgreSQL cuts longer names off, and two of them may then be the same. */
const MAX_NAME_LENGTH = 63;

/**
 * Creates the indexes that serve the scope, where they do not exist: for each table with metadata of its own and each scope
 * key one on the key and `created_at`, and one on the key and `updated_at`; on PostgreSQL also one for all that the metadata
 * contains. Newest first with a filter on a scope key is then read off the index.
 *
 * @param storage `columns` under row-level security, once the columns are there
 * @throws InvalidScopeKeyError for a key that cannot be written into SQL
 */
export async function createScopeIndexes(
  dataSource: ScopedDataSource,
  storage: KeyStorage = 'expressions',
): Promise<void> {
  const dialect: Dialect = dataSource.options.type === 'postgres' ? 'postgres' : 'sqlite';
  const statements = dataSource.scopedTables.flatMap((table) =>
    indexesOf(table, dialect, storage, dataSource.scopeKeys),
  );
  await runAsSystem('create the indexes for scope keys', () => executeAll(dataSource, statements));
}

async function executeAll(dataSource: DataSource, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await dataSource.query(statement);
}

function indexesOf(
  table: ScopedTable,
  dialect: Dialect,
  storage: KeyStorage,
  keys: readonly string[],
): readonly string[] {
  const { owner, metadata } = table;
  if (owner.kind !== 'metadata' || metadata.tableType === 'view') return [];
  const column = quoted(owner.column.databaseName);
  const orders = ORDERS.filter((order) => metadata.findColumnWithDatabaseName(order));
  const byKey = keys.flatMap((key) =>
    orders.map((order) =>
      storage === 'columns'
        ? createIndex(table, `column_${key}_${order}`, `(${keyColumnName(key)}, ${quoted(order)})`)
        : createIndex(table, `${key}_${order}`, `(${scopeKeyExpression(column, key)}, ${quoted(order)})`),
    ),
  );
  return dialect === 'sqlite'
    ? byKey
    : [...byKey, createIndex(table, 'contains', `USING gin (${column} jsonb_path_ops)`)];
}

function createIndex({ metadata, path }: ScopedTable, what: string, on: string): string {
  return `CREATE INDEX IF NOT EXISTS ${quoted(indexName(`scope_${metadata.tableName}_${what}`))} ON ${path} ${on}`;
}

function indexName(name: string): string {
  if (name.length <= MAX_NAME_LENGTH) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 12);
  return `${name.slice(0, MAX_NAME_LENGTH - hash.length - 1)}_${hash}`;
}

function quoted(name: string): string {
  return `"${name}"`;
}
