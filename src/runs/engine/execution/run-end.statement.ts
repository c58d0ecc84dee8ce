import { QueryFailedError, type EntityManager } from 'typeorm';
import { CheckpointBlob } from '../../../graphs/checkpointer/checkpoint-blob.entity.js';
import { CheckpointWrite } from '../../../graphs/checkpointer/checkpoint-write.entity.js';
import { Checkpoint } from '../../../graphs/checkpointer/checkpoint.entity.js';
import type { UnsavedState } from '../../../graphs/checkpointer/unsaved.state.js';
import { changeBringing } from '../../../persistence/statements/row.change.js';
import { Thread } from '../../../threads/thread.entity.js';
import { Run } from '../../run.entity.js';
import { leaseOf } from '../queue/lease.js';
import { deleteThreadSql } from '../queue/queue.statements.js';
import { rowsOf } from '../queue/run.sql.js';

/** A run that has succeeded, and what it leaves. */
export interface Success {
  /** The thread after it. */
  readonly thread: Partial<Thread>;
  readonly unsaved: UnsavedState;
  readonly endedAt: Date;
}

/**
 * Records a success on SQLite in one statement: the change of the thread, in the current scope, brings the end of the run and what it
 * saved last, and the trigger `thread_brings_run_end` writes them.
 *
 * @returns false, with nothing written, where it is not that simple: the thread is out of reach, the run is not held any more or was
 * cancelled, or the database refuses. What it is only the transaction finds out
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
  try {
    return await changeBringing(
      manager,
      Thread,
      { key: { thread_id }, values: thread },
      { column: 'brings', content, below },
    );
  } catch (error) {
    if (error instanceof QueryFailedError) return false;
    throw error;
  }
}

/**
 * Ends a run by deleting the thread that was made for it, on SQLite in one statement: the run's row goes with the thread.
 *
 * @param cancellation the condition on `cancel_action`
 * @returns false, with nothing written, where the run is not held any more or was cancelled
 */
export async function endByDeletion(
  manager: EntityManager,
  run: Run,
  cancellation: string,
): Promise<boolean> {
  const { runId, workerId, attempt } = leaseOf(run);
  const parameters = [run.thread_id, runId, workerId, attempt];
  return (await rowsOf(manager, deleteThreadSql(cancellation), parameters)).length === 1;
}
