import type { TableScope } from '../scoping/table.scope.js';
import type { PlainColumn, PlainEntity } from './plain.entity.js';

/** Whether a new row is visible to its writer where this parent is. */
export function isItsOnlyParent({ metadata }: PlainEntity, scope: TableScope | undefined): boolean {
  if (!scope) return true;
  const { owner } = scope.table;
  return owner.kind === 'parents' && owner.links.every(({ parent }) => parent.metadata === metadata);
}

/** @throws TypeError for what is no column, or is more than compared */
export function comparable(entity: PlainEntity, property: string): PlainColumn {
  const column = entity.column(property);
  if (column?.isComparable) return column;
  throw new TypeError(`${entity.metadata.name}.${property} cannot be compared`);
}
