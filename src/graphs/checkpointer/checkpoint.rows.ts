import type { CheckpointBlob } from './checkpoint-blob.entity.js';
import type { CheckpointWrite } from './checkpoint-write.entity.js';
import type { Checkpoint } from './checkpoint.entity.js';

/** A row without the thread that it belongs to: its id says it. */
type Row<T> = Omit<T, 'thread'>;

/** What is to be written together. */
export interface CheckpointRows {
  readonly checkpoints: readonly Row<Checkpoint>[];
  readonly blobs: readonly Row<CheckpointBlob>[];
  /** Written once: a task that runs again repeats them. */
  readonly writes: readonly Row<CheckpointWrite>[];
  /** Errors, interrupts and resume values of tasks: the latest one counts. */
  readonly latest: readonly Row<CheckpointWrite>[];
}

export const NO_ROWS: CheckpointRows = Object.freeze({ checkpoints: [], blobs: [], writes: [], latest: [] });

export function joined(one: CheckpointRows, other: CheckpointRows): CheckpointRows {
  return {
    checkpoints: [...one.checkpoints, ...other.checkpoints],
    blobs: [...one.blobs, ...other.blobs],
    writes: [...one.writes, ...other.writes],
    latest: [...one.latest, ...other.latest],
  };
}
