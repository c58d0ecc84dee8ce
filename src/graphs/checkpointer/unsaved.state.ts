import type { EntityManager } from 'typeorm';
import type { ParentCheck } from '../../persistence/scoping/parent.check.js';
import type { CheckpointRows } from './checkpoint.rows.js';
import type { CheckpointWriter } from './checkpoint.writer.js';

/** What a run wrote last, and has not saved: it can be saved together with what records the end of the run. */
export class UnsavedState {
  constructor(
    private readonly writer: CheckpointWriter,
    private readonly rows: CheckpointRows,
  ) {}

  /** The rows, where all of them are new ones of this thread: nothing that is there is replaced. */
  newRowsOf(threadId: string): Omit<CheckpointRows, 'latest'> | undefined {
    const { latest, ...rows } = this.rows;
    const isOther = ({ thread_id }: { thread_id: string }): boolean => thread_id !== threadId;
    return latest.length > 0 || Object.values(rows).some((list) => list.some(isOther)) ? undefined : rows;
  }

  /** Saves all or nothing. @throws ScopeViolationError where the current scope does not reach the thread any more */
  save(): Promise<void> {
    return this.writer.write(this.rows);
  }

  /** The same in the transaction of the manager, and undone with it. @param parents what is known of the thread */
  saveIn(manager: EntityManager, parents: ParentCheck): Promise<void> {
    return this.writer.writeIn(manager, this.rows, parents);
  }
}
