import type { RunnableConfig } from '@langchain/core/runnables';
import type { StateSnapshot } from '@langchain/langgraph';
import { errorPayload } from './error.payload.js';
import { withoutInternals } from './run.options.js';
import { toJson, toJsonObject, type JsonObject } from './serialize.js';
import type { CheckpointAddress, ThreadInterrupt, ThreadState, ThreadTask } from './thread.state.js';

type Task = StateSnapshot['tasks'][number];

/** A snapshot of LangGraph in the form of the contract, section 2.2. */
export function presentSnapshot(snapshot: StateSnapshot): ThreadState {
  const tasks = snapshot.tasks.map(presentTask);
  return {
    values: toJson(snapshot.values),
    next: [...snapshot.next],
    tasks,
    ...(snapshot.metadata && { metadata: toJsonObject(snapshot.metadata) }),
    created_at: snapshot.createdAt ?? null,
    checkpoint: presentAddress(snapshot.config),
    parent_checkpoint: presentAddress(snapshot.parentConfig),
    ...(snapshot.createdAt !== undefined && { interrupts: tasks.flatMap((task) => task.interrupts) }),
  };
}

/** The checkpoint of a `checkpoints` or `debug` event. */
export function presentCheckpoint(payload: StreamedCheckpoint): JsonObject {
  return {
    config: presentConfig(payload.config),
    parent_config: presentConfig(payload.parentConfig),
    values: toJson(payload.values),
    metadata: toJson(payload.metadata),
    next: toJson(payload.next),
    tasks: payload.tasks.map((task) => toJson(presentTask(task))),
    checkpoint: toJson(presentAddress(payload.config)),
    parent_checkpoint: toJson(presentAddress(payload.parentConfig)),
  };
}

/** What LangGraph streams of a checkpoint. */
export interface StreamedCheckpoint {
  readonly config?: RunnableConfig;
  readonly parentConfig?: RunnableConfig;
  readonly values: unknown;
  readonly metadata?: object;
  readonly next: readonly string[];
  readonly tasks: readonly Task[];
}

/** The address that a config stands for, or `null` where it names no checkpoint. */
export function presentAddress(config: RunnableConfig | undefined): CheckpointAddress | null {
  const { thread_id, checkpoint_ns, checkpoint_id, checkpoint_map }: Record<string, unknown> =
    config?.configurable ?? {};
  if (typeof thread_id !== 'string' || typeof checkpoint_id !== 'string') return null;
  return {
    thread_id,
    checkpoint_id,
    checkpoint_ns: typeof checkpoint_ns === 'string' ? checkpoint_ns : '',
    checkpoint_map: toJson(checkpoint_map),
  };
}

function presentTask(task: Task): ThreadTask {
  const error = task.error === undefined || task.error === null ? null : errorPayload(task.error).message;
  return {
    id: task.id,
    name: task.name,
    error,
    interrupts: task.interrupts.map(presentInterrupt),
    path: toJson(task.path),
    checkpoint: isConfig(task.state) ? presentTaskAddress(task.state) : null,
    state: task.state && !isConfig(task.state) ? presentSnapshot(task.state) : null,
    result: toJson(task.result),
  };
}

function presentInterrupt(interrupt: { id?: string; value?: unknown }): ThreadInterrupt {
  return { ...(interrupt.id !== undefined && { id: interrupt.id }), value: toJson(interrupt.value) };
}

/** Where the state of a subgraph is to be found: in its namespace, at whatever checkpoint it has come to. */
function presentTaskAddress({ configurable = {} }: RunnableConfig): CheckpointAddress {
  const { thread_id, checkpoint_ns, checkpoint_id, checkpoint_map }: Record<string, unknown> = configurable;
  return {
    thread_id: String(thread_id),
    checkpoint_ns: String(checkpoint_ns),
    checkpoint_id: typeof checkpoint_id === 'string' ? checkpoint_id : null,
    checkpoint_map: toJson(checkpoint_map),
  };
}

function isConfig(state: Task['state']): state is RunnableConfig {
  return state !== undefined && 'configurable' in state && !('values' in state);
}

function presentConfig(config: RunnableConfig | undefined): JsonObject | null {
  if (!config) return null;
  const { callbacks: _, configurable = {}, ...rest } = config;
  return toJsonObject({ ...rest, configurable: withoutInternals(configurable) });
}
