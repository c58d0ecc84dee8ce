import {
  Module,
  type DynamicModule,
  type FactoryProvider,
  type ModuleMetadata,
  type Provider,
  type Type,
} from '@nestjs/common';
import { PersistenceModule } from '../persistence/persistence.module.js';
import { CheckpointKeeper } from './checkpointer/checkpoint.keeper.js';
import { TypeOrmCheckpointer } from './checkpointer/typeorm.checkpointer.js';
import { GraphExecutor } from './execution/graph.executor.js';
import { GraphState } from './execution/graph.state.js';
import type { GraphSources } from './graph.js';
import { GraphRegistry } from './graph.registry.js';
import { GRAPH_ENTITIES, STORE_ENTITIES } from './graphs.entities.js';
import { GraphIntrospection } from './introspection/graph.introspection.js';
import { StoreAccess } from './store/store.access.js';
import { StoreExpiry } from './store/store.expiry.js';
import { StoreItems } from './store/store.items.js';
import { assertStoreSettings, STORE_SETTINGS, type StoreSettings } from './store.settings.js';
import { StoreVectors } from './store/store.vectors.js';
import { TypeOrmStore } from './store/typeorm.store.js';

const GRAPH_SOURCES = Symbol('graph sources');

export interface GraphsModuleOptions {
  /** Who decides what graphs may do with the store. Without it they have none. */
  readonly storeAccess?: Type<StoreAccess>;
  readonly storeSettings?: StoreSettings;
}

/** Where the graphs come from when they have to be loaded or configured first. */
export interface GraphsModuleAsyncOptions extends GraphsModuleOptions, Pick<ModuleMetadata, 'imports'> {
  readonly inject?: FactoryProvider['inject'];
  readonly useFactory: FactoryProvider<GraphSources>['useFactory'];
}

/**
 * Runs LangGraph.js graphs in process and keeps their state.
 *
 * @example GraphsModule.forRoot({ agent: compiledGraph, other: (config) => buildGraph(config) })
 */
@Module({})
export class GraphsModule {
  /** @param graphs by graph id. Anything that is not a graph stops the boot. */
  static forRoot(graphs: GraphSources, options: GraphsModuleOptions = {}): DynamicModule {
    return GraphsModule.forRootAsync({ ...options, useFactory: () => graphs });
  }

  static forRootAsync({
    imports = [],
    inject,
    useFactory,
    storeAccess,
    storeSettings = {},
  }: GraphsModuleAsyncOptions): DynamicModule {
    const store = storeAccess ? storeProviders(storeAccess, storeSettings) : [];
    const entities = storeAccess ? [...GRAPH_ENTITIES, ...STORE_ENTITIES] : [...GRAPH_ENTITIES];
    return {
      module: GraphsModule,
      global: true,
      imports: [...imports, PersistenceModule.forFeature({ entities })],
      providers: [
        { provide: GRAPH_SOURCES, inject, useFactory },
        TypeOrmCheckpointer,
        CheckpointKeeper,
        ...store,
        {
          provide: GraphRegistry,
          inject: [GRAPH_SOURCES, TypeOrmCheckpointer, { token: TypeOrmStore, optional: true }],
          useFactory: (sources: GraphSources, checkpointer: TypeOrmCheckpointer, graphStore?: TypeOrmStore) =>
            GraphRegistry.load(sources, { checkpointer, ...(graphStore && { store: graphStore }) }),
        },
        GraphExecutor,
        GraphState,
        GraphIntrospection,
      ],
      exports: [
        GraphRegistry,
        GraphExecutor,
        GraphState,
        GraphIntrospection,
        TypeOrmCheckpointer,
        CheckpointKeeper,
        ...(storeAccess ? [StoreItems, StoreExpiry, TypeOrmStore, STORE_SETTINGS] : []),
      ],
    };
  }
}

/** @throws WiringError for settings that cannot be kept */
function storeProviders(storeAccess: Type<StoreAccess>, settings: StoreSettings): Provider[] {
  assertStoreSettings(settings);
  return [
    { provide: STORE_SETTINGS, useValue: settings },
    StoreExpiry,
    StoreVectors,
    StoreItems,
    { provide: StoreAccess, useClass: storeAccess },
    {
      provide: TypeOrmStore,
      inject: [StoreItems, StoreAccess],
      useFactory: (items: StoreItems, access: StoreAccess) => new TypeOrmStore(items, access),
    },
  ];
}
