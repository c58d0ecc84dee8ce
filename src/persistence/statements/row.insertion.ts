import type { DataSource, EntityManager, EntityTarget, ObjectLiteral, QueryRunner } from 'typeorm';
import { scopeOn } from '../query-builders/scoped.sql.js';
import { rowOf } from '../row.js';
import { checkNewRow } from '../scoping/image.check.js';
import { ParentCheck } from '../scoping/parent.check.js';
import { PlainEntity } from './plain.entity.js';
import { execute } from './row.execution.js';
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
  const scope = scopeOn(dataSource, entity.metadata.tablePath);
  const insertion = { rows: rows.length, ignoresTaken };
  const statement = RowStatements.of(dataSource).insert(entity, entity.columns, scope, insertion);
  const values = rows.flatMap((row) =>
    entity.columns.map(({ property, write }) => write(row[property]) ?? null),
  );
  await onOneRunner(manager, async (queryRunner) => {
    if (scope?.form.condition !== undefined) {
      const written = new Set(entity.columns.map(({ name }) => name));
      await parents.verify(scope, rows, queryRunner);
      for (const row of rows) checkNewRow(scope, row, written);
    }
    await execute({ dataSource, queryRunner }, 'master', statement, values, scope);
  });
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
