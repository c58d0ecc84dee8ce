import type { DataSource, EntityManager, EntityTarget, ObjectLiteral, QueryRunner } from 'typeorm';
import { boundScopeOn } from '../query-builders/scoped.sql.js';
import { rowOf } from '../row.js';
import { checkNewImage, checkNewRow } from '../scoping/image.check.js';
import { ParentCheck } from '../scoping/parent.check.js';
import { PlainEntity } from './plain.entity.js';
import { execute } from './row.execution.js';
import { comparable, isItsOnlyParent } from './row.parent.js';
import { RowStatements, type Insertion } from './row.statements.js';

/** How rows are inserted. */
export interface InsertionOptions extends Pick<Insertion, 'ignoresTaken'> {
  /** What was found out of parents in the same transaction. */
  readonly parents?: ParentCheck;
}

type Rows<Entity> = readonly { readonly [K in keyof Entity]?: Entity[K] }[];

/**
 * Inserts rows in one statement. What a row has no value for becomes NULL. Their number has to be far below that of the parameters
 * that either database takes.
 *
 * @throws ScopeViolationError for a row that its writer could not see, or below a parent that it does not see
 * @example await insertRows(manager, CheckpointBlob, blobs, { ignoresTaken: true })
 */
export async function insertRows<Entity extends ObjectLiteral>(
  manager: EntityManager,
  target: EntityTarget<Entity>,
  rows: Rows<Entity>,
  { ignoresTaken = false, parents = new ParentCheck() }: InsertionOptions = {},
): Promise<void> {
  const { dataSource } = manager;
  const entity = plainEntity(dataSource, target);
  if (!entity || rows.some(holdsSql)) return buildAndInsert(manager, target, rows, ignoresTaken);
  const scope = boundScopeOn(dataSource, entity.metadata.tablePath);
  const insertion = { rows: rows.length, ignoresTaken };
  const statement = RowStatements.of(dataSource).insert(entity, entity.columns, scope, insertion);
  const values = rows.flatMap((row) => valuesOf(entity, row));
  await onOneRunner(manager, async (queryRunner) => {
    if (scope?.form.condition !== undefined) {
      const written = new Set(entity.columns.map(({ name }) => name));
      await parents.verify(scope, rows, queryRunner);
      for (const row of rows) checkNewRow(scope, row, written);
    }
    await execute({ dataSource, queryRunner }, 'master', statement, values, scope);
  });
}

/** The parent that a new row names. */
export interface ParentAsRead<Parent> {
  readonly parent: EntityTarget<Parent>;
  /** What it has to look like still. */
  readonly asRead: Partial<Parent>;
  /** What the database makes of it, by a trigger: it has to stay visible. */
  readonly becomes?: Partial<Parent>;
}

/**
 * Inserts a row below a parent that the current scope sees and that is still as it was read, in one statement. What the row has no
 * value for becomes NULL. Both entities have to be plain (ADR 26), and subscribers are not told.
 *
 * @returns false, with nothing written, where there is no such parent
 * @throws TypeError where an entity is not plain, the row's entity has no relation to the parent, or others that its scope depends on,
 * and where the parent was read by a column that is not compared as it is, such as JSON
 * @throws ScopeViolationError where the parent would not be visible any more
 * @example await insertBelow(manager, Run, run, { parent: Thread, asRead: { revision: 3, status: 'idle' } })
 */
export async function insertBelow<Entity extends ObjectLiteral, Parent extends ObjectLiteral>(
  manager: EntityManager,
  target: EntityTarget<Entity>,
  row: Rows<Entity>[number],
  { parent: parentTarget, asRead, becomes = {} }: ParentAsRead<Parent>,
): Promise<boolean> {
  const { dataSource, queryRunner } = manager;
  const entity = PlainEntity.of(dataSource.getMetadata(target));
  const parent = PlainEntity.of(dataSource.getMetadata(parentTarget));
  if (!entity || !parent) throw new TypeError('Only plain entities can be inserted below each other');
  const condition = { ...parentKeyOf(entity, parent, row), ...asRead };
  const where = Object.keys(condition).map((property) => comparable(parent, property));
  if (!isItsOnlyParent(parent, boundScopeOn(dataSource, entity.metadata.tablePath)))
    throw new TypeError(`${parent.metadata.name} does not decide alone who sees ${entity.metadata.name}`);
  const scope = boundScopeOn(dataSource, parent.metadata.tablePath);
  if (scope?.form.condition !== undefined) checkNewImage(scope, becomes);
  const statement = RowStatements.of(dataSource).insertBelow(
    { entity, parent },
    entity.columns,
    where,
    scope,
  );
  const values = [
    ...valuesOf(entity, row),
    ...where.map(({ property, write }) => write(condition[property])),
  ];
  const { affected } = await execute({ dataSource, queryRunner }, 'master', statement, values, scope);
  return affected === 1;
}

/** What a row says of the parent that it names, as the parent has it. */
function parentKeyOf(entity: PlainEntity, parent: PlainEntity, row: ObjectLiteral): ObjectLiteral {
  const relation = entity.metadata.manyToOneRelations.find(
    ({ inverseEntityMetadata }) => inverseEntityMetadata === parent.metadata,
  );
  if (!relation) throw new TypeError(`${entity.metadata.name} has no relation to ${parent.metadata.name}`);
  return Object.fromEntries(
    relation.joinColumns.map(({ propertyName, referencedColumn }) => [
      referencedColumn?.propertyName ?? '',
      row[propertyName] as unknown,
    ]),
  );
}

function valuesOf(entity: PlainEntity, row: ObjectLiteral): unknown[] {
  return entity.columns.map(({ property, write }) => write(row[property]) ?? null);
}

function plainEntity(dataSource: DataSource, target: EntityTarget<ObjectLiteral>): PlainEntity | undefined {
  return dataSource.subscribers.length > 0 ? undefined : PlainEntity.of(dataSource.getMetadata(target));
}

function holdsSql(row: object): boolean {
  return Object.values(row).some((value) => typeof value === 'function');
}

async function buildAndInsert<Entity extends ObjectLiteral>(
  manager: EntityManager,
  target: EntityTarget<Entity>,
  rows: Rows<Entity>,
  ignoresTaken: boolean,
): Promise<void> {
  const values = rows.map((row) => rowOf<Entity>(row));
  const insert = manager.createQueryBuilder().insert().into(target).values(values).updateEntity(false);
  await (ignoresTaken ? insert.orIgnore() : insert).execute();
}

/** The check of the parents sees what the statement sees. */
async function onOneRunner(
  { queryRunner, dataSource }: EntityManager,
  work: (runner: QueryRunner) => Promise<void>,
): Promise<void> {
  if (queryRunner) return work(queryRunner);
  const own = dataSource.createQueryRunner('master');
  try {
    await work(own);
  } finally {
    await own.release();
  }
}
