import type { ObjectLiteral, QueryRunner } from 'typeorm';
import { AuthorizationContext, type AuthorizationScope } from '../../on-auth/authorization.context.js';
import { ScopeViolationError } from '../scope-violation.error.js';
import { parentIdsOf } from './image.check.js';
import type { ParentLink } from './scoped-table.js';
import { filteredKeys, type TableScope } from './table.scope.js';
import { areAllVisible, fingerprint, type RowKey } from './visible.rows.js';

/** For the INSERTs of one transaction: that the parents of the new rows are visible. */
export class ParentCheck {
  private readonly verified = new Set<string>();
  private verifiedIn: AuthorizationScope | undefined;

  /**
   * Asks the database, with one SELECT for each parent table, and once for each parent.
   * @throws ScopeViolationError for a parent that is not visible, or does not exist: the two cannot be told apart
   */
  async verify(scope: TableScope, rows: readonly ObjectLiteral[], runner: QueryRunner): Promise<void> {
    const current = AuthorizationContext.current();
    if (this.verifiedIn !== current) this.verified.clear();
    this.verifiedIn = current;
    for (const link of linksOf(scope)) {
      const ids = rows.map((row) => parentIdsOf(scope, link, row));
      const unknown = ids.filter((id) => !this.verified.has(nameOf(link, id)));
      const columns = link.keys.map(({ parent }) => parent);
      if (!(await areAllVisible(runner, link.parent, columns, unknown))) throw this.violation(scope, link);
      for (const id of unknown) this.verified.add(nameOf(link, id));
    }
  }

  /**
   * That a row, as it is about to be written, names a parent that was verified: a listener may have changed it since, and a
   * statement that is only rendered was never verified.
   * @throws ScopeViolationError
   */
  assertVerified(scope: TableScope, row: ObjectLiteral): void {
    const isVerified = this.verifiedIn === AuthorizationContext.current();
    for (const link of linksOf(scope)) {
      const id = nameOf(link, parentIdsOf(scope, link, row));
      if (!isVerified || !this.verified.has(id)) throw this.violation(scope, link);
    }
  }

  private violation(scope: TableScope, { parent }: ParentLink): ScopeViolationError {
    const message = `The ${parent.name} that the new ${scope.table.name} belongs to is not visible`;
    return new ScopeViolationError(message, filteredKeys(scope));
  }
}

/** Of a parent: its table, the columns it is found by, and their values. */
function nameOf({ parent, keys }: ParentLink, id: RowKey): string {
  return `${parent.path} ${keys.map(({ parentName }) => parentName).join(',')} ${fingerprint(id)}`;
}

function linksOf({ table: { owner } }: TableScope): readonly ParentLink[] {
  return owner.kind === 'parents' ? owner.links : [];
}
