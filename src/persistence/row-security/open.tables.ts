import type { ScopedDataSource } from '../scoped-data-source.js';

/** What TypeORM calls its table of cached results, unless told. */
const CACHE_TABLE = 'query-result-cache';

/** The tables that everybody may reach, by name: those that are declared as such, and the cache, whose keys are those of a scope. */
export function openTablesOf({
  entityMetadatas,
  scopedTables,
  options,
}: ScopedDataSource): readonly string[] {
  const scoped = new Set(scopedTables.map(({ metadata }) => metadata.tablePath));
  const unscoped = entityMetadatas.filter(({ tablePath }) => !scoped.has(tablePath));
  return [...unscoped.map(({ tableName }) => tableName), ...cacheTable(options)];
}

function cacheTable({ cache }: ScopedDataSource['options']): readonly string[] {
  if (!cache) return [];
  return [(typeof cache === 'object' ? cache.tableName : undefined) ?? CACHE_TABLE];
}
