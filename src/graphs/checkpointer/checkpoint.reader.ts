import type { EntityManager } from 'typeorm';
import {
  compareWritesSortKeys,
  maxChannelVersion,
  TASKS,
  writesSortKey,
  type Checkpoint as LangGraphCheckpoint,
  type CheckpointMetadata,
  type CheckpointPendingWrite,
  type CheckpointTuple,
} from '@langchain/langgraph-checkpoint';
import { RowSearch } from '../../persistence/statements/row.search.js';
import { CheckpointBlob } from './checkpoint-blob.entity.js';
import { CheckpointWrite } from './checkpoint-write.entity.js';
import { configOf } from './checkpoint.config.js';
import type { Checkpoint } from './checkpoint.entity.js';
import { EMPTY, type ValueCodec } from './value.codec.js';

/** The first version of the format that keeps pending sends in a channel; before, they were writes of the parent. */
const SENDS_IN_A_CHANNEL = 4;

/** Puts rows together to what LangGraph calls a checkpoint tuple. */
export class CheckpointReader {
  constructor(
    private readonly manager: EntityManager,
    private readonly codec: ValueCodec,
    private readonly firstVersion: () => number,
  ) {}

  async tuple(row: Checkpoint): Promise<CheckpointTuple> {
    const checkpoint = await this.header(row);
    const [values, writes] = await Promise.all([
      this.channelValues(row, checkpoint),
      this.writes(row, row.checkpoint_id),
    ]);
    checkpoint.channel_values = values;
    if (checkpoint.v < SENDS_IN_A_CHANNEL && row.parent_checkpoint_id !== null)
      await this.moveSends(row, row.parent_checkpoint_id, checkpoint);
    return {
      config: configOf(row.thread_id, row.checkpoint_ns, row.checkpoint_id),
      checkpoint,
      metadata: row.metadata as unknown as CheckpointMetadata,
      pendingWrites: await Promise.all(writes.map((write) => this.pendingWrite(write))),
      ...(row.parent_checkpoint_id !== null && {
        parentConfig: configOf(row.thread_id, row.checkpoint_ns, row.parent_checkpoint_id),
      }),
    };
  }

  /** The checkpoint without the values of its channels. */
  async header(row: Checkpoint): Promise<LangGraphCheckpoint> {
    return (await this.codec.decode(row)) as LangGraphCheckpoint;
  }

  private async channelValues(
    row: Checkpoint,
    checkpoint: LangGraphCheckpoint,
  ): Promise<Record<string, unknown>> {
    const versions = new Map(
      Object.entries(checkpoint.channel_versions).map(([channel, version]) => [channel, String(version)]),
    );
    if (versions.size === 0) return {};
    const blobs = await new RowSearch(this.manager.getRepository(CheckpointBlob))
      .where({ thread_id: row.thread_id, checkpoint_ns: row.checkpoint_ns })
      .isOneOf('channel', [...versions.keys()])
      .isOneOf('version', [...new Set(versions.values())])
      .all();
    const held = blobs.filter(
      ({ channel, version, type }) => type !== EMPTY.type && versions.get(channel) === version,
    );
    const values = await Promise.all(
      held.map(async (blob): Promise<[string, unknown]> => [blob.channel, await this.codec.decode(blob)]),
    );
    return Object.fromEntries(values);
  }

  private async writes(row: Checkpoint, checkpointId: string): Promise<CheckpointWrite[]> {
    const writes = await new RowSearch(this.manager.getRepository(CheckpointWrite))
      .where({ thread_id: row.thread_id, checkpoint_ns: row.checkpoint_ns, checkpoint_id: checkpointId })
      .all();
    return writes.sort((one, other) => compareWritesSortKeys(sortKey(one), sortKey(other)));
  }

  private async pendingWrite(write: CheckpointWrite): Promise<CheckpointPendingWrite> {
    return [write.task_id, write.channel, await this.codec.decode(write)];
  }

  private async moveSends(row: Checkpoint, parentId: string, checkpoint: LangGraphCheckpoint): Promise<void> {
    const writes = await this.writes(row, parentId);
    const sends = writes.filter(({ channel }) => channel === TASKS);
    const versions = Object.values(checkpoint.channel_versions);
    checkpoint.channel_values[TASKS] = await Promise.all(sends.map((send) => this.codec.decode(send)));
    checkpoint.channel_versions[TASKS] =
      versions.length > 0 ? maxChannelVersion(...versions) : this.firstVersion();
  }
}

function sortKey(write: CheckpointWrite): ReturnType<typeof writesSortKey> {
  return writesSortKey(write.task_path, write.task_id, write.idx);
}
