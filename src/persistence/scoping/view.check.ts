import type { DataSource, EntityMetadata } from 'typeorm';
import { WiringError } from '../../on-auth/errors.js';
import type { SqlGuard } from '../sql.guard.js';
import type { ScopedTableRegistry } from './scoped-table.registry.js';

/**
 * A view shows rows under another name, which nothing watches: one over a scoped table has to be scoped itself.
 * @throws WiringError
 */
export function assertViewsAreScoped(
  dataSource: DataSource,
  tables: ScopedTableRegistry,
  guard: SqlGuard,
): void {
  for (const view of dataSource.entityMetadatas) {
    if (view.tableType !== 'view' || tables.find(view.tablePath)) continue;
    const fault = guard.faultOf(expressionOf(view, dataSource));
    if (fault === undefined) continue;
    throw new WiringError(`The view ${view.name} ${fault}: declare it @Scoped(..., { by }) as well`);
  }
}

function expressionOf({ expression = '' }: EntityMetadata, dataSource: DataSource): string {
  return typeof expression === 'string' ? expression : expression(dataSource).getQuery();
}
