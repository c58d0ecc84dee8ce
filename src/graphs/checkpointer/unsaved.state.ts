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

  /** Saves all or nothing. @throws ScopeViolationError where the current scope does not reach the thread any more */
  save(): Promise<void> {
    return this.writer.write(this.rows);
  }

  /** The same in the transaction of the manager, and undone with it. @param parents what is known of the thread */
  saveIn(manager: EntityManager, parents: ParentCheck): Promise<void> {
    return this.writer.writeIn(manager, this.rows, parents);
  }
}
