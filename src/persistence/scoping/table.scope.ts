import type { Decision } from '../../on-auth/decision.js';
import { keysOf } from '../../on-auth/filter/filter.js';
import type { ScopedTable } from './scoped-table.js';

/** Decisions bound to a table: which of its rows are visible, as SQL. */
export interface TableScope {
  readonly table: ScopedTable;
  /** One for each of the table's resources, in their order. */
  readonly decisions: readonly Decision[];
  /** True for the visible rows, over columns that are qualified by the table's name. None where every row is visible. */
  readonly condition: string | undefined;
  /** The visible rows, to stand where a table stands in FROM and JOIN. */
  readonly rows: string;
}

/** The keys that the filters are about, for the reader of an error. */
export function filteredKeys({ decisions }: TableScope): readonly string[] {
  return decisions.flatMap((decision) => (decision.kind === 'restrict' ? keysOf(decision.filter) : []));
}
