import type { RunnableConfig } from '@langchain/core/runnables';
import {
  BaseCheckpointSaver,
  type CheckpointListOptions,
  type CheckpointTuple,
} from '@langchain/langgraph-checkpoint';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { RowSearch } from '../../persistence/statements/row.search.js';
import { CheckpointBlob } from './checkpoint-blob.entity.js';
import { CheckpointWrite } from './checkpoint-write.entity.js';
import { configOf, parseCheckpointConfig } from './checkpoint.config.js';
import { CheckpointEncoder } from './checkpoint.encoder.js';
import { Checkpoint } from './checkpoint.entity.js';
import { CheckpointLister } from './checkpoint.lister.js';
import { CheckpointReader } from './checkpoint.reader.js';
import type { CheckpointRows } from './checkpoint.rows.js';
import { CheckpointWriter } from './checkpoint.writer.js';
import { ValueCodec } from './value.codec.js';

/** The arguments of LangGraph's `put` and `putWrites`. */
export type Put = Parameters<BaseCheckpointSaver['put']>;
export type PutWrites = Parameters<BaseCheckpointSaver['putWrites']>;

/**
 * Keeps the state of graphs in the service's own database: in the same transactions, under the same scope and with the same
 * cascades as the threads it belongs to. It runs in the authorization context of whoever runs the graph, so a config that
 * names a thread out of their reach finds nothing, and writing to one throws.
 */
@Injectable()
export class TypeOrmCheckpointer extends BaseCheckpointSaver {
  private readonly encoder: CheckpointEncoder;
  private readonly reader: CheckpointReader;
  protected readonly writer: CheckpointWriter;

  constructor(private readonly dataSource: DataSource) {
    super();
    const codec = new ValueCodec(this.serde);
    this.encoder = new CheckpointEncoder(codec);
    this.reader = new CheckpointReader(dataSource.manager, codec, () => this.getNextVersion(undefined));
    this.writer = new CheckpointWriter(dataSource);
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
    const [row] = await new RowSearch(this.dataSource.manager.getRepository(Checkpoint))
      .where({ thread_id, checkpoint_ns, ...(checkpoint_id !== undefined && { checkpoint_id }) })
      .orderBy('checkpoint_id', 'DESC')
      .page({ limit: 1, offset: 0 });
    return (row as Checkpoint | undefined) && this.reader.tuple(row);
  }

  /** Newest first. `filter` is about the metadata: objects and lists may hold more than it names. */
  override async *list(
    config: RunnableConfig,
    options: CheckpointListOptions = {},
  ): AsyncGenerator<CheckpointTuple> {
    const lister = new CheckpointLister(this.dataSource.manager, parseCheckpointConfig(config), options);
    for await (const row of lister.rows()) yield await this.reader.tuple(row);
  }

  /** @throws MissingKeyError */
  override async put(...[config, checkpoint, metadata, newVersions]: Put): Promise<RunnableConfig> {
    await this.saveCheckpoint(await this.encoder.checkpoint(config, checkpoint, metadata, newVersions));
    const { thread_id = '', checkpoint_ns = '' } = parseCheckpointConfig(config);
    return configOf(thread_id, checkpoint_ns, checkpoint.id);
  }

  /** @throws MissingKeyError */
  override async putWrites(...[config, writes, taskId, taskPath = '']: PutWrites): Promise<void> {
    await this.saveWrites(await this.encoder.writes(config, writes, taskId, taskPath));
  }

  override async deleteThread(threadId: string): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      for (const entity of [CheckpointWrite, CheckpointBlob, Checkpoint])
        await manager.delete(entity, { thread_id: threadId });
    });
  }

  protected saveCheckpoint(rows: CheckpointRows): Promise<void> {
    return this.writer.write(rows);
  }

  protected saveWrites(rows: CheckpointRows): Promise<void> {
    return this.writer.write(rows);
  }
}
