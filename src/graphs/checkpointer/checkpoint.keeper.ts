import { Injectable } from '@nestjs/common';
import { DataSource, In, type EntityManager, type EntityTarget } from 'typeorm';
import { rowOf } from '../../persistence/row.js';
import { CheckpointBlob } from './checkpoint-blob.entity.js';
import { CheckpointWrite } from './checkpoint-write.entity.js';
import { deleteUnusedBlobs } from './blob.sweeper.js';
import { Checkpoint } from './checkpoint.entity.js';

/** All that graphs keep of one thread. */
export interface ThreadCheckpoints {
  readonly checkpoints: readonly Checkpoint[];
  readonly blobs: readonly CheckpointBlob[];
  readonly writes: readonly CheckpointWrite[];
}

/** Rows in one INSERT, and ids in one condition: far below the number of parameters that either database takes. */
const BATCH = 500;

/**
 * Copies and thins out the past of threads, in the current authorization scope. Deleting a thread needs none of it: its
 * checkpoints go with it.
 */
@Injectable()
export class CheckpointKeeper {
  constructor(private readonly dataSource: DataSource) {}

  /** Every checkpoint, in one scope that reaches both threads. Otherwise `read` in the one, and `write` in the other. */
  async copyThread(from: string, to: string): Promise<void> {
    await this.write(to, await this.read(from));
  }

  async read(threadId: string): Promise<ThreadCheckpoints> {
    const { manager } = this.dataSource;
    const where = { thread_id: threadId };
    return {
      checkpoints: await manager.findBy(Checkpoint, where),
      blobs: await manager.findBy(CheckpointBlob, where),
      writes: await manager.findBy(CheckpointWrite, where),
    };
  }

  /** The copies belong to no run: the runs stay with the thread that they ran on. */
  async write(threadId: string, { checkpoints, blobs, writes }: ThreadCheckpoints): Promise<void> {
    const owned = { thread_id: threadId };
    const ownedByNoRun = { ...owned, run_id: null };
    await this.dataSource.transaction(async (manager) => {
      await insert(manager, CheckpointBlob, blobs, owned);
      await insert(manager, CheckpointWrite, writes, ownedByNoRun);
      await insert(manager, Checkpoint, checkpoints, ownedByNoRun);
    });
  }

  /**
   * Takes back what a run did to the state: its checkpoints, and what it wrote on top of those of earlier runs, such as the
   * answer to an interrupt. Where later checkpoints are built on its deltas (LangGraph's DeltaChannel) they stay.
   */
  async deleteRun(threadId: string, runId: string): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const all = await outlines(manager, threadId);
      const doomed = all.filter(({ run_id }) => run_id === runId);
      if (isBuiltOn(doomed, all)) return;
      await manager.delete(CheckpointWrite, { thread_id: threadId, run_id: runId });
      await deleteCheckpoints(manager, threadId, doomed);
    });
  }

  /** Leaves the latest checkpoint of the root and of each subgraph; all of them where it is made of deltas. */
  async keepLatest(threadId: string): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const all = await outlines(manager, threadId);
      const latest = new Map(all.map((checkpoint) => [checkpoint.checkpoint_ns, checkpoint]));
      const doomed = all.filter((checkpoint) => {
        const newest = latest.get(checkpoint.checkpoint_ns);
        return newest !== undefined && newest !== checkpoint && !hasDeltas(newest);
      });
      await deleteCheckpoints(manager, threadId, doomed);
    });
  }
}

type Outline = Pick<
  Checkpoint,
  'checkpoint_ns' | 'checkpoint_id' | 'parent_checkpoint_id' | 'run_id' | 'metadata'
>;

/** Oldest first. */
function outlines(manager: EntityManager, threadId: string): Promise<Outline[]> {
  return manager.find(Checkpoint, {
    select: {
      thread_id: true,
      checkpoint_ns: true,
      checkpoint_id: true,
      parent_checkpoint_id: true,
      run_id: true,
      metadata: true,
    },
    where: { thread_id: threadId },
    order: { checkpoint_id: 'ASC' },
  });
}

function isBuiltOn(doomed: readonly Outline[], all: readonly Outline[]): boolean {
  const ids = new Set(doomed.map(({ checkpoint_id }) => checkpoint_id));
  return all.some(
    (checkpoint) =>
      !ids.has(checkpoint.checkpoint_id) &&
      checkpoint.parent_checkpoint_id !== null &&
      ids.has(checkpoint.parent_checkpoint_id) &&
      hasDeltas(checkpoint),
  );
}

/** LangGraph's note that a channel has to be rebuilt from writes of earlier checkpoints. */
function hasDeltas({ metadata }: Outline): boolean {
  return 'counters_since_delta_snapshot' in metadata;
}

async function deleteCheckpoints(
  manager: EntityManager,
  threadId: string,
  doomed: readonly Outline[],
): Promise<void> {
  for (const batch of batches(doomed.map(({ checkpoint_id }) => checkpoint_id))) {
    const where = { thread_id: threadId, checkpoint_id: In(batch) };
    await manager.delete(CheckpointWrite, where);
    await manager.delete(Checkpoint, where);
    await manager.update(
      Checkpoint,
      { thread_id: threadId, parent_checkpoint_id: In(batch) },
      { parent_checkpoint_id: null },
    );
  }
  if (doomed.length > 0) await deleteUnusedBlobs(manager, threadId);
}

async function insert<T extends object>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  rows: readonly T[],
  changes: Partial<T>,
): Promise<void> {
  for (const batch of batches(rows)) {
    const values = batch.map((row) => rowOf<T>(Object.assign({}, row, changes)));
    await manager.createQueryBuilder().insert().into(entity).values(values).updateEntity(false).execute();
  }
}

function* batches<T>(items: readonly T[]): Generator<T[]> {
  for (let start = 0; start < items.length; start += BATCH) yield items.slice(start, start + BATCH);
}
