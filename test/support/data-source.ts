import type { DataSourceOptions } from 'typeorm';
import { databaseOptions } from '../../src/persistence/database.options.js';
import { ScopedDataSource } from '../../src/persistence/scoped-data-source.js';
import type { TestDatabase } from './databases.js';

export interface TestDataSource {
  readonly dataSource: ScopedDataSource;
  readonly url: string;
  /** Closes the data source and removes its database. */
  readonly close: () => Promise<void>;
}

export type TestDataSourceOptions = Pick<
  DataSourceOptions,
  'entities' | 'cache' | 'subscribers' | 'logger' | 'logging'
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
  const dataSource = new ScopedDataSource(merged, { scopeKeys, createDriver, advise });
  try {
    await dataSource.initialize();
  } catch (error) {
    await database.drop();
    throw error;
  }
  return {
    dataSource,
    url: database.url,
    close: async () => {
      await dataSource.destroy();
      await database.drop();
    },
  };
}
