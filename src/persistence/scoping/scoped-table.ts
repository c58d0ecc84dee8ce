import type { EntityMetadata } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';

/** A table whose rows are visible by decision, and where the filter of the decision finds its keys. */
export interface ScopedTable {
  /** The entity's name, for messages. */
  readonly name: string;
  readonly metadata: EntityMetadata;
  /** The name as SQL, with the schema if it has one: `"thread"`. */
  readonly path: string;
  /** What qualifies its columns: `"thread"`. */
  readonly qualifier: string;
  readonly owner: OwnMetadata | ParentRows;
  /** The resources whose decisions say which rows are visible, at least one. */
  readonly resources: readonly [string, ...string[]];
}

/** The row has metadata of its own. */
export interface OwnMetadata {
  readonly kind: 'metadata';
  readonly resource: string;
  readonly column: ColumnMetadata;
  /** The column's name as SQL. */
  readonly name: string;
}

/** The row belongs to other rows, and is visible when each of them is. Two for the junction of two scoped entities, else one. */
export interface ParentRows {
  readonly kind: 'parents';
  readonly links: readonly [ParentLink, ...ParentLink[]];
}

export interface ParentLink {
  readonly parent: ScopedTable;
  readonly keys: readonly LinkKey[];
}

/** A column of the child, and the parent's column that it repeats; their names as SQL. */
export interface LinkKey {
  readonly own: ColumnMetadata;
  readonly ownName: string;
  readonly parent: ColumnMetadata;
  readonly parentName: string;
}
