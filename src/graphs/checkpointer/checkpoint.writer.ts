import type { DataSource, EntityManager } from 'typeorm';
import { rowOf } from '../../persistence/row.js';
import { ParentCheck } from '../../persistence/scoping/parent.check.js';
import { insertRows } from '../../persistence/statements/row.insertion.js';
import { CheckpointBlob } from './checkpoint-blob.entity.js';
import { CheckpointWrite } from './checkpoint-write.entity.js';
import { Checkpoint } from './checkpoint.entity.js';
import type { CheckpointRows } from './checkpoint.rows.js';

/** Rows in one INSERT: far below the number of parameters that either database takes. */
const BATCH = 500;
const WRITE_KEY = ['thread_id', 'checkpoint_ns', 'checkpoint_id', 'task_id', 'idx'] as const;
const LATEST = ['channel', 'type', 'value', 'task_path'];

/** Writes rows, in as few statements as there are kinds of them, and all or none. */
export class CheckpointWriter {
  constructor(private readonly dataSource: DataSource) {}

  /** @param first done in the same transaction; what it throws undoes all of it */
  async write(rows: CheckpointRows, first?: (manager: EntityManager) => Promise<void>): Promise<void> {
    const kinds = Object.values(rows).filter((list: readonly unknown[]) => list.length > 0);
    if (!first && kinds.length === 0) return;
    if (!first && kinds.length === 1) return insertAll(this.dataSource.manager, rows);
    await this.dataSource.transaction(async (manager) => {
      await first?.(manager);
      await insertAll(manager, rows);
    });
  }

  /** In a transaction that is there. @param parents what is known of its thread */
  writeIn(manager: EntityManager, rows: CheckpointRows, parents: ParentCheck): Promise<void> {
    return insertAll(manager, rows, parents);
  }
}

async function insertAll(
  manager: EntityManager,
  { blobs, writes, latest, checkpoints }: CheckpointRows,
  parents = new ParentCheck(),
): Promise<void> {
  const known = { parents, ignoresTaken: true };
  for (const batch of batches(blobs)) await insertRows(manager, CheckpointBlob, batch, known);
  for (const batch of batches(writes)) await insertRows(manager, CheckpointWrite, batch, known);
  for (const batch of batches(withoutRepetition(latest))) await replaceWrites(manager, batch);
  for (const batch of batches(checkpoints)) await insertRows(manager, Checkpoint, batch, { parents });
}

function* batches<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < rows.length; start += BATCH) yield rows.slice(start, start + BATCH);
}

async function replaceWrites(manager: EntityManager, writes: CheckpointRows['latest']): Promise<void> {
  const values = writes.map((write) => rowOf<CheckpointWrite>(write));
  const insert = manager.createQueryBuilder().insert().into(CheckpointWrite).values(values);
  await insert
    .updateEntity(false)
    .orUpdate(LATEST, [...WRITE_KEY])
    .execute();
}

/** One statement cannot replace a row twice. */
function withoutRepetition(rows: CheckpointRows['latest']): CheckpointRows['latest'] {
  return [...new Map(rows.map((row) => [JSON.stringify(WRITE_KEY.map((key) => row[key])), row])).values()];
}
