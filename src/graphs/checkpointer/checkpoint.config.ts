import type { RunnableConfig } from '@langchain/core/runnables';
import { EXCLUDED_METADATA_KEYS, getCheckpointId } from '@langchain/langgraph-checkpoint';
import { isReservedKey } from '../reserved.keys.js';

/** What a config says about checkpoints. Values of another type than expected count as absent. */
export interface CheckpointConfig {
  readonly thread_id: string | undefined;
  /** `undefined` where the config does not say: the root for one checkpoint, every namespace for a list. */
  readonly checkpoint_ns: string | undefined;
  readonly checkpoint_id: string | undefined;
  /** The run that is going on. */
  readonly run_id: string | null;
}

export function parseCheckpointConfig(config: RunnableConfig): CheckpointConfig {
  const configurable: Record<string, unknown> = config.configurable ?? {};
  return {
    thread_id: text(configurable.thread_id),
    checkpoint_ns: typeof configurable.checkpoint_ns === 'string' ? configurable.checkpoint_ns : undefined,
    checkpoint_id: text(getCheckpointId(config)),
    run_id: text(config.metadata?.run_id) ?? null,
  };
}

/** The config that addresses exactly one checkpoint. */
export function configOf(threadId: string, namespace: string, checkpointId: string): RunnableConfig {
  return {
    configurable: { thread_id: threadId, checkpoint_ns: namespace, checkpoint_id: checkpointId },
  };
}

/** What of a run's metadata is kept with its checkpoints: neither LangGraph's bookkeeping nor anything about the principal. */
export function keptMetadata(config: RunnableConfig): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config.metadata ?? {}).filter(
      ([key]) => !EXCLUDED_METADATA_KEYS.has(key) && !isReservedKey(key) && !key.startsWith('__'),
    ),
  );
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
