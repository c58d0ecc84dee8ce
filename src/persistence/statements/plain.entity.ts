import type { EntityMetadata, ObjectLiteral, ValueTransformer } from 'typeorm';
import type { Driver } from 'typeorm/driver/Driver.js';
import { AbstractSqliteDriver } from 'typeorm/driver/sqlite-abstract/AbstractSqliteDriver.js';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import type { RelationMetadata } from 'typeorm/metadata/RelationMetadata.js';
import type { Dialect } from '../filter-sql/filter.renderer.js';
import { epochMillis } from '../epoch-millis.transformer.js';
import { PackedRow } from './packed.row.js';

/** Types whose values TypeORM writes and reads as they are, but for transformers, JSON and the booleans of SQLite. */
const SIMPLE_TYPES: ReadonlySet<unknown> = new Set([
  'varchar',
  'text',
  'integer',
  'bigint',
  'double precision',
]);
const CONVERTED_TYPES: ReadonlySet<unknown> = new Set(['boolean', 'jsonb']);

/** What a plain column is there for. */
const USES = ['isSelect', 'isInsert', 'isUpdate'] as const satisfies readonly (keyof ColumnMetadata)[];
/** What TypeORM does more for. The times of making and of change are known by their defaults. */
const TRAITS = [
  'isArray',
  'isVirtual',
  'isGenerated',
  'isVersion',
  'isDeleteDate',
  'isDiscriminator',
] as const satisfies readonly (keyof ColumnMetadata)[];

/** A column of a plain entity. */
export interface PlainColumn {
  readonly property: string;
  /** The column's name, as the database gives it. */
  readonly name: string;
  /** The name as SQL. */
  readonly quoted: string;
  readonly type: ColumnMetadata['type'];
  /** Whether a value is bound as it is, so that it can be compared with. */
  readonly isComparable: boolean;
  /** Whether it holds a point in time, in whole milliseconds. */
  readonly isTime: boolean;
  /** What the database gives, as the entity has it. */
  readonly read: (value: unknown) => unknown;
  /** What the entity has, as it is bound. */
  readonly write: (value: unknown) => unknown;
  /** The SQL of a value that is written, given its placeholder. */
  readonly written: (placeholder: string) => string;
  /** The same where the database does not see which column it is for. */
  readonly typed: (placeholder: string) => string;
  /** The SQL of what is read. */
  readonly value: (qualifier: string) => string;
  /** The same, under the column's name. */
  readonly selected: (qualifier: string) => string;
}

const plainEntities = new WeakMap<EntityMetadata, PlainEntity | null>();

/**
 * An entity whose rows are their columns and nothing else: no embedded objects, inheritance, defaults, generated or computed values, soft
 * deletion, versions or listeners, and no relations but those to one parent, by columns that the entity has itself. TypeORM does no more for such rows than to put together SQL that can be put together once.
 */
export class PlainEntity {
  /** The table's name as SQL, with the schema if it has one. */
  readonly path: string;
  /** What qualifies its columns in a SELECT. */
  readonly alias: string;
  /** What a SELECT gives of a row. */
  readonly selection: string;
  readonly driver: Driver;
  readonly dialect: Dialect;
  private readonly byProperty: ReadonlyMap<string, PlainColumn>;
  private readonly packing: PackedRow | undefined;

  private constructor(
    readonly metadata: EntityMetadata,
    readonly columns: readonly PlainColumn[],
  ) {
    this.driver = metadata.dataSource.driver;
    this.alias = this.driver.escape(metadata.tableName);
    this.dialect = this.driver instanceof AbstractSqliteDriver ? 'sqlite' : 'postgres';
    this.packing = this.dialect === 'sqlite' ? new PackedRow(columns, this.alias) : undefined;
    this.selection =
      this.packing?.selection ?? columns.map(({ selected }) => selected(this.alias)).join(', ');
    this.path = pathOf(metadata);
    this.byProperty = new Map(columns.map((column) => [column.property, column]));
  }

  /** Nothing for an entity that TypeORM does more for. */
  static of(metadata: EntityMetadata): PlainEntity | undefined {
    let entity = plainEntities.get(metadata);
    if (entity === undefined) {
      entity = isPlain(metadata) ? new PlainEntity(metadata, metadata.columns.map(plainColumn)) : null;
      plainEntities.set(metadata, entity);
    }
    return entity ?? undefined;
  }

  column(property: string): PlainColumn | undefined {
    return this.byProperty.get(property);
  }

  /** Makes an entity of a row that the selection gave. */
  read(row: ObjectLiteral): ObjectLiteral {
    const entity = this.metadata.create(undefined, { fromDeserializer: true }) as ObjectLiteral;
    if (this.packing) this.packing.readInto(entity, row);
    else for (const { property, name, read } of this.columns) entity[property] = read(row[name]);
    return entity;
  }
}

function pathOf({ tablePath, dataSource }: EntityMetadata): string {
  const parts = tablePath.split('.');
  return parts.map((part) => dataSource.driver.escape(part)).join('.');
}

function isPlain(metadata: EntityMetadata): boolean {
  const more = [
    metadata.relations.filter((relation) => !isReference(relation)),
    metadata.relationIds,
    metadata.embeddeds,
    metadata.listeners,
  ];
  return (
    metadata.tableType === 'regular' &&
    typeof metadata.target === 'function' &&
    metadata.dataSource.options.typename === undefined &&
    more.every(({ length }) => length === 0) &&
    metadata.columns.every(isPlainColumn)
  );
}

/** Neither loaded with the row nor written with it. Its columns are judged with the others. */
function isReference({
  isManyToOne,
  isEager,
  isLazy,
  isCascadeInsert,
  isCascadeUpdate,
}: RelationMetadata): boolean {
  return isManyToOne && !(isEager || isLazy || isCascadeInsert || isCascadeUpdate);
}

function isPlainColumn(column: ColumnMetadata): boolean {
  const { type, transformer } = column;
  const isConverted = CONVERTED_TYPES.has(type) && transformer === undefined;
  return (
    (SIMPLE_TYPES.has(type) || isConverted) &&
    !Array.isArray(transformer) &&
    column.default === undefined &&
    column.asExpression === undefined &&
    USES.every((use) => column[use]) &&
    !TRAITS.some((trait) => column[trait])
  );
}

function plainColumn(metadata: ColumnMetadata): PlainColumn {
  const { driver } = metadata.entityMetadata.dataSource;
  const quoted = driver.escape(metadata.databaseName);
  const inJson = (sql: string, isWritten: boolean): string =>
    driver instanceof AbstractSqliteDriver ? driver.wrapWithJsonFunction(sql, metadata, isWritten) : sql;
  const value = (qualifier: string): string => inJson(`${qualifier}.${quoted}`, false);
  return {
    property: metadata.propertyName,
    name: metadata.databaseName,
    quoted,
    type: metadata.type,
    isComparable: metadata.transformer === undefined && metadata.type !== 'jsonb',
    isTime: metadata.transformer === epochMillis && metadata.type === 'bigint',
    read: readerOf(metadata),
    write: (value) => driver.preparePersistentValue(value, metadata) as unknown,
    written: (placeholder) => inJson(placeholder, true),
    typed: (placeholder) =>
      driver instanceof AbstractSqliteDriver
        ? inJson(placeholder, true)
        : `${placeholder}::${driver.normalizeType(metadata)}`,
    value,
    selected: (qualifier) => {
      const [column, sql] = [`${qualifier}.${quoted}`, value(qualifier)];
      return sql === column ? column : `${sql} AS ${quoted}`;
    },
  };
}

function readerOf(metadata: ColumnMetadata): PlainColumn['read'] {
  const { driver } = metadata.entityMetadata.dataSource;
  if (!SIMPLE_TYPES.has(metadata.type))
    return (value) => driver.prepareHydratedValue(value, metadata) as unknown;
  const transformer = metadata.transformer as ValueTransformer | undefined;
  return transformer ? (value) => transformer.from(value) as unknown : (value) => value;
}
