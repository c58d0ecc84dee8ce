import type { DataSource, EntityMetadata, QueryRunner } from 'typeorm';
import { WiringError } from '../on-auth/errors.js';
import type { ScopedDataSource } from './scoped-data-source.js';
import { unscopedReasonOf } from './scoped.decorator.js';

/**
 * An entity that says nothing about its rows would show them all to everybody: each has to be `@Scoped`, or `@Unscoped` in so
 * many words.
 *
 * @throws WiringError
 */
export function assertEntitiesAreDeclared({ entityMetadatas, scopedTables }: ScopedDataSource): void {
  const scoped = new Set(scopedTables.map(({ metadata }) => metadata.tablePath));
  for (const entity of classesAmong(entityMetadatas)) {
    if (scoped.has(entity.tablePath) || unscopedReasonOf(entity.target) !== undefined) continue;
    throw new WiringError(
      `${entity.name} is an entity that does not say who sees its rows: put @Scoped(resource, { by }) on it, or @Unscoped(reason) if everybody may.`,
    );
  }
}

/** @throws WiringError for an entity whose table no migration has made */
export async function assertTablesExist({ entityMetadatas }: DataSource, runner: QueryRunner): Promise<void> {
  for (const { name, tablePath, tableType } of classesAmong(entityMetadatas)) {
    if (tableType === 'view' || (await runner.hasTable(tablePath))) continue;
    throw new WiringError(
      `${name} is stored in the table "${tablePath}", which no migration has made: list one in PersistenceModule.forFeature({ migrations }).`,
    );
  }
}

/** Junctions have no class; what they show follows from their sides. */
function classesAmong(entities: readonly EntityMetadata[]): readonly EntityMetadata[] {
  return entities.filter(({ target }) => typeof target === 'function');
}
