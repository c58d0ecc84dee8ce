import type { EntityManager, EntityMetadata } from 'typeorm';
import { runAsSystem } from '../../../on-auth/authorization.context.js';
import { rowOf } from '../../../persistence/row.js';
import { insertBelow } from '../../../persistence/statements/row.insertion.js';
import { Thread } from '../../../threads/thread.entity.js';
import { Run } from '../../run.entity.js';
import { isPostgres, rowsOf } from './run.sql.js';

/** The statement has just changed the thread, in the scope of who queues the run: that need not be asked again. */
const REASON = 'queue a run on a thread that is taken';

/** How a thread is taken, in the scope of who queues the run. */
export interface Taking {
  /** It is taken only as long as it is as it was read. */
  readonly asRead: Pick<Thread, 'thread_id' | 'revision' | 'status'>;
  readonly change: Pick<Thread, 'status' | 'metadata' | 'updated_at' | 'revision'>;
}

/**
 * Takes a thread and queues a run on it, in one statement: all of it happens or nothing, and no transaction is needed.
 *
 * @returns false, with nothing written, where the thread is not as it was read, or is out of reach
 */
export function queueOnTaken(manager: EntityManager, taking: Taking, row: Partial<Run>): Promise<boolean> {
  return isPostgres(manager.dataSource)
    ? queueInOne(manager, taking, row)
    : queueByTrigger(manager, taking, row);
}

/** SQLite changes nothing within another statement: its trigger `run_takes_thread` makes the change, as the run says it. */
function queueByTrigger(
  manager: EntityManager,
  { asRead, change }: Taking,
  row: Partial<Run>,
): Promise<boolean> {
  return insertBelow(manager, Run, row, { parent: Thread, asRead, becomes: change });
}

async function queueInOne(
  manager: EntityManager,
  { asRead, change }: Taking,
  row: Partial<Run>,
): Promise<boolean> {
  const { driver } = manager.dataSource;
  const columns = writtenColumns(manager.dataSource.getMetadata(Run), row);
  const update = manager.createQueryBuilder().update(Thread).set(rowOf<Thread>(change)).where(asRead);
  const [take, taken]: [string, unknown[]] = update.returning('thread_id').getQueryAndParameters();
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
