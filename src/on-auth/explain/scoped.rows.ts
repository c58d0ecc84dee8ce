import type { PrincipalScope } from '../authorization.context.js';
import type { Decision } from '../decision.js';

/** What a decision is on a table. */
export interface RenderedScope {
  readonly table: string;
  /** The condition that visible rows satisfy, `TRUE` where all are visible. Values are `:1`, `:2` and so on. */
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** A row, and whether a scope reaches it. Of its columns only what filters are about: the rest is its owner's. */
export interface FoundRow {
  readonly table: string;
  readonly id: string;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly visible: boolean;
}

/** What explanations ask of the persistence layer, which provides it under this class. */
export abstract class ScopedRows {
  /** The decision on the tables of a resource that have metadata of their own. */
  abstract render(resource: string, decision: Decision): readonly RenderedScope[];

  /**
   * Looks a resource's row up past every scope, and once more within `scope`, by the way of every other query.
   * @returns `undefined` when there is no such row, or the resource has no table whose rows have one id
   */
  abstract find(resource: string, id: string, scope: PrincipalScope): Promise<FoundRow | undefined>;
}
