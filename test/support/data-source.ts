import type { DataSourceOptions } from 'typeorm';
import type { PostgresDataSourceOptions } from 'typeorm/driver/postgres/PostgresDataSourceOptions.js';
import { databaseOptions } from '../../src/persistence/database.options.js';
import { prepareDatabase } from '../../src/persistence/database.preparation.js';
import { openSecuredDataSource } from '../../src/persistence/row-security/secured.data-source.js';
import { ScopedDataSource, type ScopingOptions } from '../../src/persistence/scoped-data-source.js';
import { servingUrlOf, type TestDatabase } from './databases.js';

export interface TestDataSource {
  readonly dataSource: ScopedDataSource;
  readonly url: string;
  /** Closes the data source and removes its database. */
  readonly close: () => Promise<void>;
}

export type TestDataSourceOptions = Pick<
  DataSourceOptions,
  'entities' | 'cache' | 'subscribers' | 'logger' | 'logging' | 'typename'
> & {
  readonly scopeKeys?: readonly string[];
  /** Whether the tables are made from the entities; otherwise there are none. */
  readonly synchronize?: boolean;
  readonly advise?: (advice: string) => void;
};

/**
 * A scoped data source on a database of its own, with the tables of its entities.
 *
 * @example const { dataSource, close } = await openDataSource(create, { entities: [Thread] });
 */
export async function openDataSource(
  create: () => Promise<TestDatabase>,
  { scopeKeys = ['owner'], advise, ...options }: TestDataSourceOptions,
): Promise<TestDataSource> {
  const database = await create();
  const { options: connection, createDriver } = databaseOptions(database.url);
  // The spread keeps the type of the database; TypeScript cannot follow it through the union of all databases.
  const merged = { synchronize: true, ...options, ...connection } as DataSourceOptions;
  const dataSource = await open(merged, { scopeKeys, createDriver, advise }).catch(async (error: unknown) => {
    await database.drop();
    throw error;
  });
  return {
    dataSource,
    url: database.url,
    close: async () => {
      await dataSource.destroy();
      await database.drop();
    },
  };
}

/** A data source whose migrations have run, as the service opens it. */
export async function openPreparedDataSource(
  options: DataSourceOptions,
  scoping: ScopingOptions,
): Promise<ScopedDataSource> {
  const dataSource = await open(options, scoping);
  if (!isSecured(options)) await prepareDatabase(dataSource);
  return dataSource;
}

/** On a secured database the tables are made by their owner, and what is opened is the data source of the service's role. */
async function open(options: DataSourceOptions, scoping: ScopingOptions): Promise<ScopedDataSource> {
  if (!isSecured(options)) return new ScopedDataSource(options, scoping).initialize();
  const { url: ownerUrl } = options;
  const servingUrl = servingUrlOf(ownerUrl) ?? '';
  return openSecuredDataSource({
    options,
    scoping,
    ownerUrl,
    servingUrl,
    postgres: { preparesStatements: true },
  });
}

function isSecured(options: DataSourceOptions): options is PostgresDataSourceOptions & { url: string } {
  return options.type === 'postgres' && options.url !== undefined && servingUrlOf(options.url) !== undefined;
}
