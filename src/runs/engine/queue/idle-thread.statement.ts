import type { EntityManager, EntityMetadata, UpdateQueryBuilder } from 'typeorm';
import { runAsSystem } from '../../../on-auth/authorization.context.js';
import { rowOf } from '../../../persistence/row.js';
import type { Thread } from '../../../threads/thread.entity.js';
import { Run } from '../../run.entity.js';
import { insertRow, isPostgres, rowsOf } from './run.sql.js';

/** The run was queued on a thread that its writer reaches: the same statement, or the one before it, has just changed the thread. */
const REASON = 'queue a run on a thread that is taken';

/**
 * Takes a thread by the update, and queues a run on it where that changed the thread. PostgreSQL does both in one statement: all
 * of it happens or nothing, and a round trip is saved. On SQLite the manager has to be in a transaction.
 *
 * @param taking an update of one thread, in the scope of who queues the run
 * @returns whether the thread was taken
 */
export async function queueOnTaken(
  manager: EntityManager,
  taking: UpdateQueryBuilder<Thread>,
  row: Partial<Run>,
): Promise<boolean> {
  if (isPostgres(manager.dataSource)) return queueInOne(manager, taking, row);
  const { affected } = await taking.updateEntity(false).execute();
  if (affected !== 1) return false;
  await runAsSystem(REASON, () => insertRow(manager, Run, rowOf<Run>(row)));
  return true;
}

async function queueInOne(
  manager: EntityManager,
  taking: UpdateQueryBuilder<Thread>,
  row: Partial<Run>,
): Promise<boolean> {
  const { driver } = manager.dataSource;
  const columns = writtenColumns(manager.dataSource.getMetadata(Run), row);
  const [take, taken]: [string, unknown[]] = taking.returning('thread_id').getQueryAndParameters();
  const names = columns.map(({ databaseName }) => driver.escape(databaseName));
  const values = columns.map((column): unknown =>
    driver.preparePersistentValue(column.getEntityValue(row), column),
  );
  const places = columns.map(
    (column, index) => `$${taken.length + index + 1}::${driver.normalizeType(column)}`,
  );
  const sql = `WITH taken AS (${take})
    INSERT INTO "run" (${names.join(', ')}) SELECT ${places.join(', ')} FROM taken RETURNING 1`;
  const queued = await runAsSystem(REASON, () => rowsOf(manager, sql, [...taken, ...values]));
  return queued.length === 1;
}

function writtenColumns({ columns }: EntityMetadata, row: Partial<Run>): EntityMetadata['columns'] {
  return columns.filter((column) => column.getEntityValue(row) !== undefined);
}
