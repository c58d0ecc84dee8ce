import type {
  EntityManager,
  EntityTarget,
  FindOptionsWhere,
  ObjectLiteral,
  QueryDeepPartialEntity,
  QueryRunner,
} from 'typeorm';
import { AuthorizationContext, type AuthorizationScope } from '../../on-auth/authorization.context.js';
import { scopeOn } from '../query-builders/scoped.sql.js';
import { ScopeViolationError } from '../scope-violation.error.js';
import { parentIdsOf } from './image.check.js';
import type { ParentLink, ScopedTable } from './scoped-table.js';
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
    this.enter();
    for (const link of linksOf(scope)) {
      const ids = rows.map((row) => parentIdsOf(scope, link, row));
      const unknown = ids.filter((id) => !this.verified.has(nameOf(link, id)));
      const columns = link.keys.map(({ parent }) => parent);
      if (!(await areAllVisible(runner, link.parent, columns, unknown))) throw this.violation(scope, link);
      for (const id of unknown) this.verified.add(nameOf(link, id));
    }
  }

  /**
   * Changes a parent that is found by its key. What was changed was visible, and still is, so it need not be asked for any more.
   *
   * @returns whether there was such a row
   * @throws ScopeViolationError for a change that would take it out of its writer's sight
   */
  async change<Parent extends ObjectLiteral>(
    manager: EntityManager,
    target: EntityTarget<Parent>,
    key: FindOptionsWhere<Parent>,
    values: QueryDeepPartialEntity<Parent>,
  ): Promise<boolean> {
    const { affected } = await manager.update(target, key, values);
    if (affected !== 1) return false;
    this.enter();
    const scope = scopeOn(manager.dataSource, manager.dataSource.getMetadata(target).tablePath);
    if (scope) this.verified.add(nameOfRow(scope.table, Object.keys(key), Object.values(key)));
    return true;
  }

  /** What was verified in another scope says nothing in this one. */
  private enter(): void {
    const current = AuthorizationContext.current();
    if (this.verifiedIn !== current) this.verified.clear();
    this.verifiedIn = current;
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
  return nameOfRow(
    parent,
    keys.map(({ parent: column }) => column.propertyName),
    id,
  );
}

function nameOfRow({ path }: ScopedTable, properties: readonly string[], id: RowKey): string {
  return `${path} ${properties.join(',')} ${fingerprint(id)}`;
}

function linksOf({ table: { owner } }: TableScope): readonly ParentLink[] {
  return owner.kind === 'parents' ? owner.links : [];
}
