import type { ObjectLiteral, QueryRunner } from 'typeorm';
import { ScopeViolationError } from '../scope-violation.error.js';
import { parentIdsOf } from './image.check.js';
import type { ParentLink } from './scoped-table.js';
import { filteredKeys, type TableScope } from './table.scope.js';
import { areAllVisible, fingerprint } from './visible.rows.js';

/** For one INSERT: that the parents of the new rows are visible. */
export class ParentCheck {
  private readonly verified = new Set<string>();

  /**
   * Asks the database, with one SELECT for each parent table.
   * @throws ScopeViolationError for a parent that is not visible, or does not exist: the two cannot be told apart
   */
  async verify(scope: TableScope, rows: readonly ObjectLiteral[], runner: QueryRunner): Promise<void> {
    for (const [index, link] of linksOf(scope).entries()) {
      const ids = rows.map((row) => parentIdsOf(scope, link, row));
      const columns = link.keys.map(({ parent }) => parent);
      if (!(await areAllVisible(runner, link.parent, columns, ids))) throw this.violation(scope, link);
      for (const id of ids) this.verified.add(`${index} ${fingerprint(id)}`);
    }
  }

  /**
   * That a row, as it is about to be written, names a parent that was verified: a listener may have changed it since, and a
   * statement that is only rendered was never verified.
   * @throws ScopeViolationError
   */
  assertVerified(scope: TableScope, row: ObjectLiteral): void {
    for (const [index, link] of linksOf(scope).entries()) {
      const id = `${index} ${fingerprint(parentIdsOf(scope, link, row))}`;
      if (!this.verified.has(id)) throw this.violation(scope, link);
    }
  }

  private violation(scope: TableScope, { parent }: ParentLink): ScopeViolationError {
    const message = `The ${parent.name} that the new ${scope.table.name} belongs to is not visible`;
    return new ScopeViolationError(message, filteredKeys(scope));
  }
}

function linksOf({ table: { owner } }: TableScope): readonly ParentLink[] {
  return owner.kind === 'parents' ? owner.links : [];
}
