import type { DataSource, DataSourceOptions } from 'typeorm';
import { databaseOptions } from './database.options.js';
import { prepareDatabase } from './database.preparation.js';
import type { PersistenceSettings } from './persistence.settings.js';
import type { PostgresSettings } from './postgres/postgres.options.js';
import { assertServesWithoutPolicies } from './row-security/policy.check.js';
import { RowSecurityError } from './row-security/row-security.error.js';
import { assertEntitiesAreDeclared } from './schema.check.js';
import { ScopedDataSource, type ScopingOptions } from './scoped-data-source.js';

/**
 * The data source of the service: every query scoped, the schema up to date, and under row-level security as a role that owns
 * nothing.
 *
 * @param advise told once of every filter that no index serves
 * @throws RowSecurityError where policies would not hold the service, or would hide rows from one that does without them
 * @throws WiringError for an entity that does not say who sees its rows
 */
export async function openDataSource(
  connection: DataSourceOptions,
  settings: PersistenceSettings,
  advise: (advice: string) => void,
): Promise<DataSource> {
  const { database, scopeKeys, rowSecurity, systemTables = [], postgres = {}, prepares = true } = settings;
  const scoping: ScopingOptions = { scopeKeys, createDriver: databaseOptions(database).createDriver, advise };
  if (!rowSecurity) return openPlain(await withSettings(connection, postgres), scoping, prepares);
  if (connection.type !== 'postgres' || !connection.url) {
    throw new RowSecurityError('PG_RLS is on, but only PostgreSQL has row-level security.');
  }
  const { servingUrl } = rowSecurity;
  const { openSecuredDataSource } = await import('./row-security/secured.data-source.js');
  return openSecuredDataSource({
    options: connection,
    scoping,
    ownerUrl: connection.url,
    servingUrl,
    systemTables,
    postgres,
    prepares,
  });
}

/** The driver of PostgreSQL is loaded where one is opened, as TypeORM loads its drivers. */
async function withSettings(
  connection: DataSourceOptions,
  postgres: PostgresSettings,
): Promise<DataSourceOptions> {
  if (connection.type !== 'postgres' || !connection.url) return connection;
  const { servingOptions } = await import('./postgres/postgres.options.js');
  return { ...connection, ...servingOptions(connection.url, postgres) };
}

async function openPlain(
  options: DataSourceOptions,
  scoping: ScopingOptions,
  prepares: boolean,
): Promise<DataSource> {
  const dataSource = new ScopedDataSource(options, scoping);
  await dataSource.initialize();
  try {
    assertEntitiesAreDeclared(dataSource);
    if (options.type === 'postgres') await assertServesWithoutPolicies(dataSource);
    if (prepares) await prepareDatabase(dataSource);
    return dataSource;
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}
