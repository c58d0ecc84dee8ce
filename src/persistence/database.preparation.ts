import { runAsSystem } from '../on-auth/authorization.context.js';
import { createScopeIndexes } from './scope-indexes.js';
import type { ScopedDataSource } from './scoped-data-source.js';

/** Any number that other users of advisory locks in the same database are unlikely to take. */
const MIGRATION_LOCK = 8_227_366_173_417;

/**
 * Brings the schema of an initialized data source up to date: pending migrations, then the indexes of the scope keys. Of
 * several processes that start together on PostgreSQL one does it, and the others wait and find it done.
 */
export function prepareDatabase(dataSource: ScopedDataSource): Promise<void> {
  return runAsSystem('bring the schema up to date', async () => {
    if (dataSource.options.type !== 'postgres') return migrate(dataSource);
    const lock = dataSource.createQueryRunner();
    try {
      await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
      await migrate(dataSource);
    } finally {
      await lock.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
      await lock.release();
    }
  });
}

async function migrate(dataSource: ScopedDataSource): Promise<void> {
  await dataSource.runMigrations({ transaction: 'each' });
  await createScopeIndexes(dataSource);
}
