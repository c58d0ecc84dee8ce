import { STORE_ENTITIES } from '../../../src/graphs/graphs.entities.js';
import { StoreExpiry } from '../../../src/graphs/store/store.expiry.js';
import { StoreItems } from '../../../src/graphs/store/store.items.js';
import type { StoreSettings } from '../../../src/graphs/store.settings.js';
import { StoreVectors } from '../../../src/graphs/store/store.vectors.js';
import { AuthorizationContext, scopeOf } from '../../../src/on-auth/authorization.context.js';
import { parseDecision } from '../../../src/on-auth/decision.js';
import { parsePrincipal } from '../../../src/on-auth/principal.js';
import { databaseOptions } from '../../../src/persistence/database.options.js';
import { statementsMigration } from '../../../src/persistence/migrations/statements.migration.js';
import { storeTablesPostgres } from '../../../src/persistence/migrations/store.tables.postgres.js';
import { storeTablesSqlite } from '../../../src/persistence/migrations/store.tables.sqlite.js';
import {
  storeIndexTablesPostgres,
  storeIndexTablesSqlite,
} from '../../../src/persistence/migrations/store-index.tables.js';
import type { ScopedDataSource } from '../../../src/persistence/scoped-data-source.js';
import { openPreparedDataSource } from '../../support/data-source.js';

/** A scoped data source with the tables of the store, in an empty database. */
export async function openStoreDatabase(url: string): Promise<ScopedDataSource> {
  const { dialect, options, createDriver } = databaseOptions(url);
  const tables =
    dialect === 'postgres'
      ? [...storeTablesPostgres, ...storeIndexTablesPostgres]
      : [...storeTablesSqlite, ...storeIndexTablesSqlite];
  return openPreparedDataSource(
    {
      ...options,
      entities: [...STORE_ENTITIES],
      migrations: [statementsMigration('CreateStore1795305600004', tables)],
    },
    { scopeKeys: ['owner'], createDriver },
  );
}

/** The items in such a database, ready to be used. */
export async function storeItemsOn(
  dataSource: ScopedDataSource,
  settings: StoreSettings = {},
): Promise<StoreItems> {
  const vectors = new StoreVectors(dataSource, settings);
  await vectors.onModuleInit();
  return new StoreItems(dataSource, new StoreExpiry(dataSource, settings), vectors);
}

/** Runs with a decision for the store. Everything is allowed unless said otherwise. */
export function withStore<T>(work: () => T, decision: unknown = true, identity = 'alice'): T {
  const principal = parsePrincipal(identity);
  if (!principal) throw new Error(`${identity} is no identity`);
  return AuthorizationContext.run(scopeOf(principal, 'store', parseDecision(decision)), work);
}
