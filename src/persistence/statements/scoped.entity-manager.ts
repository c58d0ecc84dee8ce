import {
  DeleteResult,
  EntityManager,
  InsertResult,
  UpdateResult,
  type EntityTarget,
  type FindOptionsWhere,
  type ObjectLiteral,
  type QueryDeepPartialEntity,
  type UpdateOptions,
} from 'typeorm';
import { boundScopeOn } from '../query-builders/scoped.sql.js';
import { checkNewImage, checkNewRow } from '../scoping/image.check.js';
import type { TableScope } from '../scoping/table.scope.js';
import { PlainEntity, type PlainColumn } from './plain.entity.js';
import { execute } from './row.execution.js';
import { RowStatements } from './row.statements.js';

/** Columns and, in the same places, their values. */
interface ColumnValues {
  readonly columns: readonly PlainColumn[];
  readonly values: readonly unknown[];
}

/**
 * TypeORM's entity manager, with a short way for what a service does most: to find, insert, change or remove a row of a plain entity
 * by the values of its columns. The statement is known beforehand, in the form of the current scope. Whatever is more than that
 * (operators, relations, listeners, lists of rows) goes TypeORM's way, through the scoped query builders, with the same result.
 */
export class ScopedEntityManager extends EntityManager {
  override async findOneBy<Entity extends ObjectLiteral>(
    target: EntityTarget<Entity>,
    where: FindOptionsWhere<Entity> | FindOptionsWhere<Entity>[],
  ): Promise<Entity | null> {
    const entity = this.plain(target);
    const key = entity && keyOf(entity, where);
    if (!key) return super.findOneBy(target, where);
    const scope = this.scopeOn(entity);
    const statement = this.statements.find(entity, key.columns, scope);
    const mode = this.dataSource.defaultReplicationModeForReads();
    const { records } = await execute(this, mode, statement, key.values, scope);
    const [row] = records as readonly (ObjectLiteral | undefined)[];
    return row ? (entity.read(row) as Entity) : null;
  }

  override async insert<Entity extends ObjectLiteral>(
    target: EntityTarget<Entity>,
    values: QueryDeepPartialEntity<Entity> | QueryDeepPartialEntity<Entity>[],
  ): Promise<InsertResult> {
    const entity = this.plain(target);
    const row = entity && rowOf(entity, values);
    const scope = row && this.scopeOn(entity);
    // Below a parent, the parent has to be looked for first.
    if (!row || (scope?.form.condition !== undefined && scope.table.owner.kind !== 'metadata'))
      return super.insert(target, values);
    if (scope?.form.condition !== undefined) checkNewRow(scope, values, namesOf(row.columns));
    const statement = this.statements.insert(entity, row.columns, scope);
    const result = InsertResult.from(await execute(this, 'master', statement, row.values, scope));
    result.identifiers = [entity.metadata.getEntityIdMap(values) ?? {}];
    result.generatedMaps = [{}];
    return result;
  }

  override async update<Entity extends ObjectLiteral>(
    target: EntityTarget<Entity>,
    criteria: Parameters<EntityManager['update']>[1],
    values: QueryDeepPartialEntity<Entity>,
    options?: UpdateOptions,
  ): Promise<UpdateResult> {
    const entity = options === undefined ? this.plain(target) : undefined;
    const key = entity && keyOf(entity, criteria);
    const change = key && rowOf(entity, values);
    if (!change) return super.update(target, criteria, values, options);
    const scope = this.scopeOn(entity);
    if (scope?.form.condition !== undefined) checkNewImage(scope, values);
    const statement = this.statements.update(entity, change.columns, key.columns, scope);
    return UpdateResult.from(
      await execute(this, 'master', statement, [...change.values, ...key.values], scope),
    );
  }

  override async delete<Entity extends ObjectLiteral>(
    target: EntityTarget<Entity>,
    criteria: Parameters<EntityManager['delete']>[1],
  ): Promise<DeleteResult> {
    const entity = this.plain(target);
    const key = entity && keyOf(entity, criteria);
    if (!key) return super.delete(target, criteria);
    const scope = this.scopeOn(entity);
    const statement = this.statements.delete(entity, key.columns, scope);
    return DeleteResult.from(await execute(this, 'master', statement, key.values, scope));
  }

  /** Those of the data source: what one manager has put together serves all. */
  private get statements(): RowStatements {
    return RowStatements.of(this.dataSource);
  }

  /** Subscribers and a cache of results belong to TypeORM's way. */
  private plain(target: EntityTarget<ObjectLiteral>): PlainEntity | undefined {
    const { subscribers, queryResultCache } = this.dataSource;
    if (subscribers.length > 0 || queryResultCache) return undefined;
    return PlainEntity.of(this.dataSource.getMetadata(target));
  }

  private scopeOn({ metadata }: PlainEntity): TableScope | undefined {
    return boundScopeOn(this.dataSource, metadata.tablePath);
  }
}

/** The columns that are compared and what with; nothing where that is more than a comparison. */
function keyOf(entity: PlainEntity, where: unknown): ColumnValues | undefined {
  const columns: PlainColumn[] = [];
  const values: unknown[] = [];
  for (const [property, value] of Object.entries(where ?? {})) {
    const column = entity.column(property);
    if (!column?.isComparable || !isScalar(value)) return undefined;
    columns.push(column);
    values.push(value);
  }
  return columns.length > 0 ? { columns, values } : undefined;
}

/** The columns that are written, and what into them; nothing where a value is SQL or belongs to no column. */
function rowOf(entity: PlainEntity, row: object): ColumnValues | undefined {
  const columns: PlainColumn[] = [];
  const values: unknown[] = [];
  for (const [property, value] of Object.entries(row)) {
    if (value === undefined) continue;
    const column = entity.column(property);
    if (!column || typeof value === 'function') return undefined;
    columns.push(column);
    values.push(column.write(value));
  }
  return columns.length > 0 ? { columns, values } : undefined;
}

function namesOf(columns: readonly PlainColumn[]): ReadonlySet<string> {
  return new Set(columns.map(({ name }) => name));
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
