import { QueryFailedError, type EntityManager } from 'typeorm';
import { CheckpointBlob } from '../../../graphs/checkpointer/checkpoint-blob.entity.js';
import { CheckpointWrite } from '../../../graphs/checkpointer/checkpoint-write.entity.js';
import { Checkpoint } from '../../../graphs/checkpointer/checkpoint.entity.js';
import type { UnsavedState } from '../../../graphs/checkpointer/unsaved.state.js';
import { isConnectionLost } from '../../../persistence/connection-lost.js';
import { changeBringing } from '../../../persistence/statements/row.change.js';
import { Thread } from '../../../threads/thread.entity.js';
import { Run, type CancelAction } from '../../run.entity.js';
import { leaseOf } from '../queue/lease.js';
import { deleteThreadSql } from '../queue/queue.statements.js';
import { isPostgres, rowsOf } from '../queue/run.sql.js';

/** A run that has succeeded, and what it leaves. */
export interface Success {
  /** The thread after it. */
  readonly thread: Partial<Thread>;
  readonly unsaved: UnsavedState;
  readonly endedAt: Date;
}

/**
 * Records a success in one statement: the change of the thread, in the current scope, brings the end of the run and what it
 * saved last, and the trigger `thread_brings_run_end` writes them.
 *
 * @returns false, with nothing written, where it is not that simple: the thread is out of reach, the run is not held any more or was
 * cancelled, another process has to be told, or the database refuses. What it is only the transaction finds out
 * @throws QueryFailedError where the connection was lost: whether it was recorded is not known
 */
export async function endInOneStatement(
  manager: EntityManager,
  run: Run,
  { thread, unsaved, endedAt }: Success,
): Promise<boolean> {
  const { thread_id } = run;
  const rows = unsaved.newRowsOf(thread_id);
  if (!rows) return false;
  const { runId, workerId, attempt } = leaseOf(run);
  const end = { run_id: runId, worker_id: workerId, attempt, status: 'success', ended_at: endedAt.getTime() };
  const content = { run: end, ...rows };
  const below = [Run, Checkpoint, CheckpointBlob, CheckpointWrite];
  return unlessRefused(
    changeBringing(
      manager,
      Thread,
      { key: { thread_id }, values: thread },
      { column: 'brings', content, below },
    ),
  );
}

/**
 * Ends a run by deleting the thread that was made for it, in one statement: the run's row goes with the thread.
 *
 * @param cancellation the one that the end knows of: a run that was cancelled otherwise has another end
 * @returns false, with nothing written, where it is not that simple: as above
 * @throws QueryFailedError where the connection was lost: whether it was recorded is not known
 */
export async function endByDeletion(
  manager: EntityManager,
  run: Run,
  cancellation: CancelAction | null,
): Promise<boolean> {
  const { runId, workerId, attempt } = leaseOf(run);
  const parameters = [run.thread_id, runId, workerId, attempt, cancellation];
  const sql = deleteThreadSql(isPostgres(manager.dataSource));
  return unlessRefused(rowsOf(manager, sql, parameters).then((deleted) => deleted.length === 1));
}

async function unlessRefused(recorded: Promise<boolean>): Promise<boolean> {
  try {
    return await recorded;
  } catch (error) {
    if (isConnectionLost(error) || !(error instanceof QueryFailedError)) throw error;
    return false;
  }
}
