import type { RunnableConfig } from '@langchain/core/runnables';
import {
  copyCheckpoint,
  WRITES_IDX_MAP,
  type ChannelVersions,
  type Checkpoint as LangGraphCheckpoint,
  type CheckpointMetadata,
  type PendingWrite,
} from '@langchain/langgraph-checkpoint';
import { toJsonObject } from '../execution/serialize.js';
import { keptMetadata, parseCheckpointConfig } from './checkpoint.config.js';
import { NO_ROWS, type CheckpointRows } from './checkpoint.rows.js';
import { EMPTY, type ValueCodec } from './value.codec.js';

/** Turns what LangGraph wants to be kept into rows. */
export class CheckpointEncoder {
  constructor(private readonly codec: ValueCodec) {}

  /** @throws MissingKeyError */
  async checkpoint(
    config: RunnableConfig,
    checkpoint: LangGraphCheckpoint,
    metadata: CheckpointMetadata,
    newVersions: ChannelVersions,
  ): Promise<CheckpointRows> {
    const { thread_id, checkpoint_ns = '', checkpoint_id, run_id } = parseCheckpointConfig(config);
    if (thread_id === undefined) throw new MissingKeyError('thread_id');
    const { channel_values: values, ...header } = copyCheckpoint(checkpoint);
    const place = { thread_id, checkpoint_ns };
    const row = {
      ...place,
      checkpoint_id: checkpoint.id,
      parent_checkpoint_id: checkpoint_id ?? null,
      run_id,
      metadata: toJsonObject({ ...keptMetadata(config), ...metadata }),
      ...(await this.codec.encode(header)),
    };
    return { ...NO_ROWS, checkpoints: [row], blobs: await this.blobs(place, values, newVersions) };
  }

  /** @throws MissingKeyError */
  async writes(
    config: RunnableConfig,
    writes: readonly PendingWrite[],
    taskId: string,
    taskPath: string,
  ): Promise<CheckpointRows> {
    const { thread_id, checkpoint_ns = '', checkpoint_id, run_id } = parseCheckpointConfig(config);
    if (thread_id === undefined) throw new MissingKeyError('thread_id');
    if (checkpoint_id === undefined) throw new MissingKeyError('checkpoint_id');
    const address = { thread_id, checkpoint_ns, checkpoint_id, task_id: taskId, task_path: taskPath, run_id };
    const rows = await Promise.all(
      writes.map(async ([channel, value], index) => ({
        ...address,
        channel,
        idx: WRITES_IDX_MAP[channel] ?? index,
        ...(await this.codec.encode(value)),
      })),
    );
    const isLatest = writes.every(([channel]) => channel in WRITES_IDX_MAP);
    return { ...NO_ROWS, [isLatest ? 'latest' : 'writes']: rows };
  }

  /** The values that are new at this checkpoint: the others lie there already, under their older versions. */
  private blobs(
    place: { thread_id: string; checkpoint_ns: string },
    values: Record<string, unknown>,
    newVersions: ChannelVersions,
  ): Promise<CheckpointRows['blobs']> {
    return Promise.all(
      Object.entries(newVersions).map(async ([channel, version]) => ({
        ...place,
        channel,
        version: String(version),
        ...(Object.hasOwn(values, channel) ? await this.codec.encode(values[channel]) : EMPTY),
      })),
    );
  }
}

/** A graph with a checkpointer was run, or a checkpointer called, without saying where. */
export class MissingKeyError extends Error {
  override readonly name = 'MissingKeyError';
  constructor(key: 'thread_id' | 'checkpoint_id') {
    super(`The config has no "${key}" in its "configurable"`);
  }
}
