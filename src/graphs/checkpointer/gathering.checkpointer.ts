import type { EntityManager } from 'typeorm';
import { joined, NO_ROWS, type CheckpointRows } from './checkpoint.rows.js';
import { TypeOrmCheckpointer } from './typeorm.checkpointer.js';

/** What has to hold, or to be done, in the transaction that saves checkpoints, before they are. A throw undoes it all. */
export type BeforeSaving = (manager: EntityManager) => Promise<void>;

/** Keeps what a change of state writes until it is told to save it: all at once, and only on a condition. */
export class GatheringCheckpointer extends TypeOrmCheckpointer {
  private gathered = NO_ROWS;

  /** @throws what `beforeSaving` throws; then nothing was saved */
  async save(beforeSaving: BeforeSaving): Promise<void> {
    await this.writer.write(this.gathered, beforeSaving);
    this.gathered = NO_ROWS;
  }

  protected override saveCheckpoint(rows: CheckpointRows): Promise<void> {
    return this.gather(rows);
  }

  protected override saveWrites(rows: CheckpointRows): Promise<void> {
    return this.gather(rows);
  }

  private gather(rows: CheckpointRows): Promise<void> {
    this.gathered = joined(this.gathered, rows);
    return Promise.resolve();
  }
}
