import type { DataSource, EntityManager, EntityTarget, InsertQueryBuilder } from 'typeorm';
import { rowOf } from '../../persistence/row.js';
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
}

async function insertAll(
  manager: EntityManager,
  { blobs, writes, latest, checkpoints }: CheckpointRows,
): Promise<void> {
  for (const insert of inserts(manager, CheckpointBlob, blobs)) await insert.orIgnore().execute();
  for (const insert of inserts(manager, CheckpointWrite, writes)) await insert.orIgnore().execute();
  for (const insert of inserts(manager, CheckpointWrite, withoutRepetition(latest)))
    await insert.orUpdate(LATEST, [...WRITE_KEY]).execute();
  for (const insert of inserts(manager, Checkpoint, checkpoints)) await insert.execute();
}

function* inserts<T extends object>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  rows: readonly { readonly [K in keyof T]?: T[K] }[],
): Generator<InsertQueryBuilder<T>> {
  for (let start = 0; start < rows.length; start += BATCH) {
    const values = rows.slice(start, start + BATCH).map((row) => rowOf<T>(row));
    yield manager.createQueryBuilder().insert().into(entity).values(values).updateEntity(false);
  }
}

/** One statement cannot replace a row twice. */
function withoutRepetition(rows: CheckpointRows['latest']): CheckpointRows['latest'] {
  return [...new Map(rows.map((row) => [JSON.stringify(WRITE_KEY.map((key) => row[key])), row])).values()];
}
