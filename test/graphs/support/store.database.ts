import { STORE_ENTITIES } from '../../../src/graphs/graphs.entities.js';
import { AuthorizationContext, scopeOf } from '../../../src/on-auth/authorization.context.js';
import { parseDecision } from '../../../src/on-auth/decision.js';
import { parsePrincipal } from '../../../src/on-auth/principal.js';
import { databaseOptions } from '../../../src/persistence/database.options.js';
import { prepareDatabase } from '../../../src/persistence/database.preparation.js';
import { statementsMigration } from '../../../src/persistence/migrations/statements.migration.js';
import { storeTablesPostgres } from '../../../src/persistence/migrations/store.tables.postgres.js';
import { storeTablesSqlite } from '../../../src/persistence/migrations/store.tables.sqlite.js';
import { ScopedDataSource } from '../../../src/persistence/scoped-data-source.js';

/** A scoped data source with the table of the store, in an empty database. */
export async function openStoreDatabase(url: string): Promise<ScopedDataSource> {
  const { dialect, options, createDriver } = databaseOptions(url);
  const tables = dialect === 'postgres' ? storeTablesPostgres : storeTablesSqlite;
  const dataSource = new ScopedDataSource(
    {
      ...options,
      entities: [...STORE_ENTITIES],
      migrations: [statementsMigration('CreateStore1795305600004', tables)],
    },
    { scopeKeys: ['owner'], createDriver },
  );
  await dataSource.initialize();
  await prepareDatabase(dataSource);
  return dataSource;
}

/** Runs with a decision for the store. Everything is allowed unless said otherwise. */
export function withStore<T>(work: () => T, decision: unknown = true): T {
  const principal = parsePrincipal('alice');
  if (!principal) throw new Error('alice is no identity');
  return AuthorizationContext.run(scopeOf(principal, 'store', parseDecision(decision)), work);
}
