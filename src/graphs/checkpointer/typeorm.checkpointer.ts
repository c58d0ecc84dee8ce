import type { RunnableConfig } from '@langchain/core/runnables';
import {
  BaseCheckpointSaver,
  copyCheckpoint,
  WRITES_IDX_MAP,
  type ChannelVersions,
  type Checkpoint as LangGraphCheckpoint,
  type CheckpointListOptions,
  type CheckpointMetadata,
  type CheckpointTuple,
  type PendingWrite,
} from '@langchain/langgraph-checkpoint';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { rowOf } from '../../persistence/row.js';
import { toJsonObject } from '../execution/serialize.js';
import { CheckpointBlob } from './checkpoint-blob.entity.js';
import { CheckpointWrite } from './checkpoint-write.entity.js';
import { configOf, keptMetadata, parseCheckpointConfig } from './checkpoint.config.js';
import { Checkpoint } from './checkpoint.entity.js';
import { CheckpointLister } from './checkpoint.lister.js';
import { CheckpointReader } from './checkpoint.reader.js';
import { EMPTY, ValueCodec } from './value.codec.js';

/**
 * Keeps the state of graphs in the service's own database: in the same transactions, under the same scope and with the same
 * cascades as the threads it belongs to. It runs in the authorization context of whoever runs the graph, so a config that
 * names a thread out of their reach finds nothing, and writing to one throws.
 */
@Injectable()
export class TypeOrmCheckpointer extends BaseCheckpointSaver {
  private readonly codec: ValueCodec;
  private readonly reader: CheckpointReader;

  constructor(private readonly dataSource: DataSource) {
    super();
    this.codec = new ValueCodec(this.serde);
    this.reader = new CheckpointReader(dataSource.manager, this.codec, () => this.getNextVersion(undefined));
  }

  /**
   * Counts in whole numbers, with a fraction drawn by lot: two branches of one thread, or a run after one that was rolled back,
   * reach the same count, but never the same version, and so never each other's values.
   */
  override getNextVersion(current: number | undefined): number {
    return Math.floor(current ?? 0) + 1 + Math.random();
  }

  override async getTuple(config: RunnableConfig): Promise<CheckpointTuple | undefined> {
    const { thread_id, checkpoint_ns = '', checkpoint_id } = parseCheckpointConfig(config);
    if (thread_id === undefined) return undefined;
    const row = await this.dataSource.manager.findOne(Checkpoint, {
      where: { thread_id, checkpoint_ns, ...(checkpoint_id !== undefined && { checkpoint_id }) },
      order: { checkpoint_id: 'DESC' },
    });
    return row ? this.reader.tuple(row) : undefined;
  }

  /** Newest first. `filter` is about the metadata: objects and lists may hold more than it names. */
  override async *list(
    config: RunnableConfig,
    options: CheckpointListOptions = {},
  ): AsyncGenerator<CheckpointTuple> {
    const lister = new CheckpointLister(this.dataSource.manager, parseCheckpointConfig(config), options);
    for await (const row of lister.rows()) yield await this.reader.tuple(row);
  }

  override async put(
    config: RunnableConfig,
    checkpoint: LangGraphCheckpoint,
    metadata: CheckpointMetadata,
    newVersions: ChannelVersions,
  ): Promise<RunnableConfig> {
    const { thread_id, checkpoint_ns = '', checkpoint_id, run_id } = parseCheckpointConfig(config);
    if (thread_id === undefined) throw new MissingKeyError('thread_id');
    const { channel_values: values, ...header } = copyCheckpoint(checkpoint);
    const blobs = await this.blobs(thread_id, checkpoint_ns, values, newVersions);
    const row = {
      thread_id,
      checkpoint_ns,
      checkpoint_id: checkpoint.id,
      parent_checkpoint_id: checkpoint_id ?? null,
      run_id,
      metadata: toJsonObject({ ...keptMetadata(config), ...metadata }),
      ...(await this.codec.encode(header)),
    };
    await this.write(blobs, row);
    return configOf(thread_id, checkpoint_ns, checkpoint.id);
  }

  override async putWrites(
    config: RunnableConfig,
    writes: PendingWrite[],
    taskId: string,
    taskPath = '',
  ): Promise<void> {
    const { thread_id, checkpoint_ns = '', checkpoint_id, run_id } = parseCheckpointConfig(config);
    if (thread_id === undefined) throw new MissingKeyError('thread_id');
    if (checkpoint_id === undefined) throw new MissingKeyError('checkpoint_id');
    if (writes.length === 0) return;
    const address = { thread_id, checkpoint_ns, checkpoint_id, task_id: taskId, task_path: taskPath, run_id };
    const rows = await Promise.all(
      writes.map(async ([channel, value], index) =>
        rowOf<CheckpointWrite>({
          ...address,
          channel,
          idx: WRITES_IDX_MAP[channel] ?? index,
          ...(await this.codec.encode(value)),
        }),
      ),
    );
    const insert = this.dataSource.manager
      .createQueryBuilder()
      .insert()
      .into(CheckpointWrite)
      .values(rows)
      .updateEntity(false);
    // A task that runs again repeats its writes; its error, interrupt and resume value are the latest ones.
    if (writes.every(([channel]) => channel in WRITES_IDX_MAP)) insert.orUpdate(LATEST, WRITE_KEY);
    else insert.orIgnore();
    await insert.execute();
  }

  override async deleteThread(threadId: string): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      for (const entity of [CheckpointWrite, CheckpointBlob, Checkpoint])
        await manager.delete(entity, { thread_id: threadId });
    });
  }

  /** The values that are new at this checkpoint: the others lie there already, under their older versions. */
  private blobs(
    thread_id: string,
    checkpoint_ns: string,
    values: Record<string, unknown>,
    newVersions: ChannelVersions,
  ): Promise<Omit<CheckpointBlob, 'thread'>[]> {
    return Promise.all(
      Object.entries(newVersions).map(async ([channel, version]) => ({
        thread_id,
        checkpoint_ns,
        channel,
        version: String(version),
        ...(Object.hasOwn(values, channel) ? await this.codec.encode(values[channel]) : EMPTY),
      })),
    );
  }

  private async write(
    blobs: Omit<CheckpointBlob, 'thread'>[],
    row: Omit<Checkpoint, 'thread'>,
  ): Promise<void> {
    if (blobs.length === 0) return insertCheckpoint(this.dataSource.manager, row);
    await this.dataSource.transaction(async (manager) => {
      await manager
        .createQueryBuilder()
        .insert()
        .into(CheckpointBlob)
        .values(blobs.map((blob) => rowOf<CheckpointBlob>(blob)))
        .orIgnore()
        .updateEntity(false)
        .execute();
      await insertCheckpoint(manager, row);
    });
  }
}

const WRITE_KEY = ['thread_id', 'checkpoint_ns', 'checkpoint_id', 'task_id', 'idx'];
const LATEST = ['channel', 'type', 'value', 'task_path'];

async function insertCheckpoint(manager: EntityManager, row: Omit<Checkpoint, 'thread'>): Promise<void> {
  const insert = manager.createQueryBuilder().insert().into(Checkpoint).values(rowOf<Checkpoint>(row));
  await insert.updateEntity(false).execute();
}

/** A graph with a checkpointer was run, or a checkpointer called, without saying where. */
export class MissingKeyError extends Error {
  override readonly name = 'MissingKeyError';
  constructor(key: 'thread_id' | 'checkpoint_id') {
    super(`The config has no "${key}" in its "configurable"`);
  }
}
