import type { ModulesContainer } from '@nestjs/core';
import type { MigrationClass } from './migrations/migration.js';

/** What a feature keeps in the database. */
export interface FeatureSchema {
  /** Each of them `@Scoped`, or `@Unscoped` with the reason. */
  readonly entities: readonly (new () => object)[];
  /** What makes their tables. The server's own migrations have run before, or run in between, by the time in their names. */
  readonly migrations?: readonly MigrationClass[];
  /**
   * Tables without an entity, which belong to no principal: the feature reads and writes them in `runAsSystem` alone. Under
   * row-level security the database keeps them to that; a table that is neither here nor of an entity is out of reach.
   */
  readonly systemTables?: readonly string[];
}

/** The token under which a feature's module holds its `FeatureSchema`. */
export const FEATURE_SCHEMA = Symbol('FeatureSchema');

/** The schemas of all features of one application. Unlike TypeOrmModule's list, it does not hold for the whole process. */
export function featureSchemasOf(modules: ModulesContainer): readonly FeatureSchema[] {
  return [...modules.values()].flatMap(({ providers }) => {
    // The token is this file's own, and `PersistenceModule.forFeature` alone provides it.
    const schema = providers.get(FEATURE_SCHEMA)?.instance as FeatureSchema | undefined;
    return schema ?? [];
  });
}
