import type { EntityManager, EntityTarget, ObjectLiteral } from 'typeorm';
import { boundScopeOn } from '../query-builders/scoped.sql.js';
import { checkNewImage } from '../scoping/image.check.js';
import { PlainEntity } from './plain.entity.js';
import { execute } from './row.execution.js';
import { comparable, isItsOnlyParent } from './row.parent.js';
import { RowStatements } from './row.statements.js';

/** What is read from SQLite's JSON as something else than was written: the character zero, and halves of characters. */
const ALTERED = /\\u(?:0000|d[89a-f])/;
/** Above so many characters the way through JSON costs more than a statement for each kind of rows. */
const MOST_BROUGHT = 64 * 1024;

/** A change of one row. */
export interface RowChange<Entity> {
  /** The values that it is found by. */
  readonly key: Partial<Entity>;
  readonly values: Partial<Entity>;
}

/** What comes with a change. */
export interface Brought {
  /** The column that a trigger of the table takes it from, in JSON. It is none of the entity's. */
  readonly column: string;
  readonly content: object;
  /** What the trigger writes it into: rows below the one that is changed, and no other. */
  readonly below: readonly EntityTarget<ObjectLiteral>[];
}

/**
 * Changes a row that the current scope sees, together with rows below it that a trigger of the table writes, in one statement. All of it
 * happens or nothing.
 *
 * @returns false, with nothing written, where there is no such row, what it brings is not for JSON, or there are subscribers: they would
 * not be told
 * @throws TypeError where the entity is not plain (ADR 26), has no such columns, or does not decide alone who sees what is below
 * @throws ScopeViolationError where the row would not be visible any more
 * @example await changeBringing(manager, Thread, { key: { thread_id }, values: { status: 'idle' } }, { column: 'brings', content, below: [Run] })
 */
export async function changeBringing<Entity extends ObjectLiteral>(
  manager: EntityManager,
  target: EntityTarget<Entity>,
  { key, values }: RowChange<Entity>,
  { column, content, below }: Brought,
): Promise<boolean> {
  const { dataSource, queryRunner } = manager;
  const entity = plain(manager, target);
  const scope = boundScopeOn(dataSource, entity.metadata.tablePath);
  for (const child of below) assertIsBelow(manager, entity, child);
  if (scope?.form.condition !== undefined) checkNewImage(scope, values);
  if (dataSource.subscribers.length > 0) return false;
  const text = JSON.stringify(content);
  if (text.length > MOST_BROUGHT || ALTERED.test(text)) return false;
  const changed = Object.keys(values).map((property) => columnOf(entity, property));
  const where = Object.keys(key).map((property) => comparable(entity, property));
  const brought = { name: column, quoted: entity.driver.escape(column), written: (value: string) => value };
  const statement = RowStatements.of(dataSource).update(entity, [...changed, brought], where, scope);
  const bound = [
    ...changed.map(({ property, write }) => write(values[property])),
    text,
    ...where.map(({ property, write }) => write(key[property])),
  ];
  const { affected } = await execute({ dataSource, queryRunner }, 'master', statement, bound, scope);
  return affected === 1;
}

function plain({ dataSource }: EntityManager, target: EntityTarget<ObjectLiteral>): PlainEntity {
  const metadata = dataSource.getMetadata(target);
  const entity = PlainEntity.of(metadata);
  if (!entity) throw new TypeError(`${metadata.name} is no plain entity: nothing can come with its changes`);
  return entity;
}

function assertIsBelow(
  { dataSource }: EntityManager,
  parent: PlainEntity,
  child: EntityTarget<ObjectLiteral>,
): void {
  const { name, tablePath } = dataSource.getMetadata(child);
  if (isItsOnlyParent(parent, boundScopeOn(dataSource, tablePath))) return;
  throw new TypeError(`${parent.metadata.name} does not decide alone who sees ${name}`);
}

function columnOf(entity: PlainEntity, property: string) {
  const column = entity.column(property);
  if (!column) throw new TypeError(`${entity.metadata.name} has no column ${property}`);
  return column;
}
