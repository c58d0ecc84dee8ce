import type { EntityMetadata } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { WiringError } from '../../on-auth/errors.js';
import { scopeDeclarationOf, type ScopeDeclaration } from '../scoped.decorator.js';
import type { LinkKey, OwnMetadata, ParentLink, ParentRows, ScopedTable } from './scoped-table.js';

type Escape = (name: string) => string;

/**
 * The scoped tables among these entities, by their path.
 * @throws WiringError for a `@Scoped` that cannot be kept
 */
export function readScopedTables(
  entities: readonly EntityMetadata[],
  escape: Escape,
): ReadonlyMap<string, ScopedTable> {
  const reader = new ScopedTableReader(escape);
  for (const entity of entities) reader.read(entity);
  return reader.tables;
}

class ScopedTableReader {
  readonly tables = new Map<string, ScopedTable>();
  /** The entities that are being read now, outermost first: one that comes up again follows itself. */
  private readonly reading: EntityMetadata[] = [];

  constructor(private readonly escape: Escape) {}

  read(entity: EntityMetadata): ScopedTable | undefined {
    const known = this.tables.get(entity.tablePath);
    if (known) return known;
    if (this.reading.includes(entity)) {
      refuse(entity, 'through itself: one entity on the way needs @Scoped(..., { by })');
    }
    this.reading.push(entity);
    const owner = this.ownerOf(entity);
    this.reading.pop();
    return owner && this.keep(entity, owner);
  }

  private keep(metadata: EntityMetadata, owner: ScopedTable['owner']): ScopedTable {
    const { name, tablePath, tableName } = metadata;
    const path = tablePath.split('.').map(this.escape).join('.');
    const qualifier = this.escape(tableName);
    const table: ScopedTable = { name, metadata, path, qualifier, owner, resources: resourcesOf(owner) };
    this.tables.set(tablePath, table);
    return table;
  }

  private ownerOf(entity: EntityMetadata): ScopedTable['owner'] | undefined {
    if (entity.isJunction) return this.junctionOwner(entity);
    const declaration = scopeDeclarationOf(entity.target);
    if (!declaration) return undefined;
    if (entity.treeType)
      refuse(entity, 'and a @Tree, whose queries cannot be scoped: keep the parent in a column');
    return 'by' in declaration ? this.ownMetadata(entity, declaration) : this.parentRow(entity, declaration);
  }

  private ownMetadata(
    entity: EntityMetadata,
    { resource, by }: ScopeDeclaration & { by: string },
  ): OwnMetadata {
    const column = entity.columns.find(({ propertyPath }) => propertyPath === by);
    if (!column)
      return refuse(entity, `by "${by}", which is none of its columns: ${namesOf(entity.columns)}`);
    if (column.type !== 'jsonb' && entity.tableType !== 'view') {
      refuse(entity, `by "${by}", whose type is ${String(column.type)}: declare it as @Column('jsonb')`);
    }
    if (column.transformer) {
      refuse(entity, `by "${by}", which has a transformer: filters are about what is stored, so remove it`);
    }
    return { kind: 'metadata', resource, column, name: this.escape(column.databaseName) };
  }

  private parentRow(
    entity: EntityMetadata,
    { resource, through }: ScopeDeclaration & { through: string },
  ): ParentRows {
    const relation = entity.relations.find(({ propertyPath }) => propertyPath === through);
    if (!relation || !(relation.isManyToOne || relation.isOneToOneOwner)) {
      const others = namesOf(entity.manyToOneRelations);
      return refuse(entity, `through "${through}", which is none of its many-to-one relations: ${others}`);
    }
    const { inverseEntityMetadata: parent, joinColumns } = relation;
    const link = this.linkTo(parent, joinColumns);
    if (!link)
      return refuse(entity, `through "${through}", but ${parent.name} is not: declare @Scoped on it`);
    const [theirs] = link.parent.resources;
    if (theirs !== resource) {
      refuse(
        entity,
        `as "${resource}" through "${through}", but ${parent.name} as "${theirs}": name the same resource`,
      );
    }
    return { kind: 'parents', links: [link] };
  }

  /** A many-to-many junction has no class to decorate: it follows every side that is scoped. */
  private junctionOwner({ ownerColumns, inverseColumns }: EntityMetadata): ParentRows | undefined {
    const [first, ...others] = [ownerColumns, inverseColumns].flatMap((columns) => {
      const parent = columns[0]?.referencedColumn?.entityMetadata;
      return (parent && this.linkTo(parent, columns)) ?? [];
    });
    return first && { kind: 'parents', links: [first, ...others] };
  }

  private linkTo(entity: EntityMetadata, columns: readonly ColumnMetadata[]): ParentLink | undefined {
    const parent = this.read(entity);
    return parent && { parent, keys: columns.flatMap((own) => this.keyOf(own)) };
  }

  private keyOf(own: ColumnMetadata): readonly LinkKey[] {
    const { referencedColumn: parent } = own;
    if (!parent) return [];
    const [ownName, parentName] = [this.escape(own.databaseName), this.escape(parent.databaseName)];
    return [{ own, ownName, parent, parentName }];
  }
}

function resourcesOf(owner: ScopedTable['owner']): ScopedTable['resources'] {
  if (owner.kind === 'metadata') return [owner.resource];
  const [first, ...others] = owner.links.map(({ parent }) => parent.resources[0]);
  return [first, ...others.filter((resource) => resource !== first)];
}

function refuse(entity: EntityMetadata, why: string): never {
  throw new WiringError(`${entity.name} is @Scoped ${why}`);
}

function namesOf(properties: readonly { readonly propertyPath: string }[]): string {
  return properties.length > 0
    ? properties.map(({ propertyPath }) => propertyPath).join(', ')
    : 'it has none';
}
