import type { Decision } from '../../on-auth/decision.js';
import { keysOf } from '../../on-auth/filter/filter.js';
import type { ScopeForm } from './scope.form.js';
import type { ScopedTable } from './scoped-table.js';

/** Decisions bound to a table: which of its rows are visible, as SQL. */
export interface TableScope {
  readonly table: ScopedTable;
  /** What qualifies the columns in the condition. */
  readonly qualifier: string;
  /** One for each of the table's resources, in their order. */
  readonly decisions: readonly Decision[];
  /** The SQL. */
  readonly form: ScopeForm;
  /** What is bound to the parameters of the form. */
  readonly values: readonly unknown[];
}

/** The keys that the filters are about, for the reader of an error. */
export function filteredKeys({ decisions }: TableScope): readonly string[] {
  return decisions.flatMap((decision) => (decision.kind === 'restrict' ? keysOf(decision.filter) : []));
}
