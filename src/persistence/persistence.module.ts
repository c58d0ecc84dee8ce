import {
  Logger,
  Module,
  type DynamicModule,
  type FactoryProvider,
  type ModuleMetadata,
} from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import {
  TypeOrmModule,
  getDataSourceToken,
  getRepositoryToken,
  type TypeOrmModuleOptions,
} from '@nestjs/typeorm';
import type { DataSource, DataSourceOptions } from 'typeorm';
import { ScopedRows } from '../on-auth/explain/scoped.rows.js';
import { isConnectionRefused } from './connection-refused.js';
import { DataSourceRows } from './data-source.rows.js';
import { databaseOptions } from './database.options.js';
import { FEATURE_SCHEMA, featureSchemasOf, type FeatureSchema } from './feature.schema.js';
import type { PersistenceSettings } from './persistence.settings.js';
import { ReadReplica } from './replica/read.replica.js';
import { openReadReplica } from './replica/replica.opener.js';
import { openDataSource } from './data-source.opener.js';

export type { FeatureSchema } from './feature.schema.js';

export interface PersistenceModuleAsyncOptions {
  readonly imports?: ModuleMetadata['imports'];
  readonly inject?: FactoryProvider['inject'];
  readonly useFactory: (...injected: never[]) => PersistenceSettings | Promise<PersistenceSettings>;
}

const SETTINGS = Symbol('settings of the persistence module');
type OptionsWithSettings = TypeOrmModuleOptions & { readonly [SETTINGS]: PersistenceSettings };

const CONNECTION_ATTEMPTS = 10;
const MS_BETWEEN_ATTEMPTS = 1_000;

/**
 * The database behind the repositories of `@InjectRepository`, every query of them scoped. When it is set up the schema is up
 * to date. The entities are those that features list with `forFeature`.
 *
 * @example
 * PersistenceModule.forRootAsync({
 *   inject: [Configuration],
 *   useFactory: ({ database, scopeKeys }: Configuration) => ({ database, scopeKeys }),
 * })
 */
@Module({})
export class PersistenceModule {
  /** @example PersistenceModule.forRoot({ database: 'sqlite:orders.db', scopeKeys: ['owner'] }) */
  static forRoot(settings: PersistenceSettings): DynamicModule {
    return PersistenceModule.forRootAsync({ useFactory: () => settings });
  }

  static forRootAsync({
    imports = [],
    inject = [],
    useFactory,
  }: PersistenceModuleAsyncOptions): DynamicModule {
    const database = TypeOrmModule.forRootAsync({
      imports,
      inject: [ModulesContainer, ...inject],
      // What is injected is what `inject` names: the caller's factory knows the types, Nest does not.
      useFactory: async (modules: ModulesContainer, ...injected: unknown[]) =>
        typeOrmOptions(await useFactory(...(injected as never[])), featureSchemasOf(modules)),
      dataSourceFactory: openWithSettings,
    });
    return {
      module: PersistenceModule,
      global: true,
      imports: [...imports, database],
      providers: [
        { provide: ScopedRows, useClass: DataSourceRows },
        {
          provide: ReadReplica,
          inject: [getDataSourceToken(), ...inject],
          useFactory: async (dataSource: DataSource, ...injected: unknown[]) =>
            openReadReplica(dataSource, await useFactory(...(injected as never[]))),
        },
      ],
      exports: [ReadReplica, ScopedRows],
    };
  }

  /**
   * Adds what a feature keeps to the data source of its application, and provides the repositories.
   *
   * @example
   * @Module({ imports: [PersistenceModule.forFeature({ entities: [Invoice], migrations: [CreateInvoices] })] })
   */
  static forFeature(schema: FeatureSchema): DynamicModule {
    const repositories = schema.entities.map((entity): FactoryProvider => ({
      provide: getRepositoryToken(entity),
      inject: [getDataSourceToken()],
      useFactory: (dataSource: DataSource) => dataSource.getRepository(entity),
    }));
    return {
      module: PersistenceModule,
      providers: [...repositories, { provide: FEATURE_SCHEMA, useValue: schema }],
      exports: repositories,
    };
  }
}

/** The settings ride along, so that each application has its own, also when several are set up at once. */
function typeOrmOptions(
  settings: PersistenceSettings,
  features: readonly FeatureSchema[],
): OptionsWithSettings {
  const { dialect, options } = databaseOptions(settings.database);
  const { migrations: declared = [] } = settings;
  const migrations = 'sqlite' in declared ? declared[dialect] : declared;
  return {
    ...options,
    entities: [...new Set([...(settings.entities ?? []), ...features.flatMap(({ entities }) => entities)])],
    migrations: [...new Set([...migrations, ...features.flatMap(({ migrations = [] }) => migrations)])],
    autoLoadEntities: true,
    retryAttempts: CONNECTION_ATTEMPTS,
    retryDelay: MS_BETWEEN_ATTEMPTS,
    toRetry: isConnectionRefused,
    [SETTINGS]: {
      ...settings,
      systemTables: [
        ...(settings.systemTables ?? []),
        ...features.flatMap(({ systemTables = [] }) => systemTables),
      ],
    },
  };
}

/** TypeOrmModule hands back what `typeOrmOptions` made, with the entities added; its type no longer says so. */
function openWithSettings(options?: DataSourceOptions): Promise<DataSource> {
  const { [SETTINGS]: settings, ...connection } = options as DataSourceOptions & OptionsWithSettings;
  const logger = new Logger(PersistenceModule.name);
  return openDataSource(connection, settings, (advice) => logger.warn(advice));
}
