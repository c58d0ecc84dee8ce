import type { GraphConfig } from '../graph.js';
import type { JsonValue } from './serialize.js';

/** The stream modes of the server contract, section 3.2. */
export const STREAM_MODES = [
  'values',
  'updates',
  'messages',
  'messages-tuple',
  'custom',
  'debug',
  'tasks',
  'checkpoints',
  'events',
  'tools',
] as const;
export type StreamMode = (typeof STREAM_MODES)[number];

export type Durability = 'sync' | 'async' | 'exit';

/** A pause before or after nodes: their names, or `*` for every node. */
export type InterruptPoints = readonly string[] | '*';

export interface GraphRunRequest {
  readonly graphId: string;
  /** Not looked at where `command` is given. `null` continues from the last checkpoint. */
  readonly input: unknown;
  readonly command?: RunCommand;
  readonly config: RunConfig;
  readonly context?: Readonly<Record<string, unknown>>;
  /** What is streamed. None is fine: the run is executed and only its `metadata` event comes out. */
  readonly streamModes: readonly StreamMode[];
  readonly subgraphs: boolean;
  readonly interruptBefore?: InterruptPoints;
  readonly interruptAfter?: InterruptPoints;
  /** Default `async`. */
  readonly durability?: Durability;
  /** Ends the run as soon as the graph lets it; the iteration then throws the signal's reason. */
  readonly signal: AbortSignal;
  /**
   * Awaited before anything that the run wrote is saved, so that what was emitted before can be stored first: a later attempt
   * continues after what was saved, and does not emit it again. A rejection fails the run.
   */
  readonly beforeSave?: () => Promise<void>;
  /** Hands over what the run wrote last, instead of saving it: see `GraphExecutor.stream`. Not with durability `sync`. */
  readonly leavesLast?: boolean;
  /** Counts from 1. A later attempt with the same run id continues from the checkpoints that the earlier one left. */
  readonly attempt: number;
}

/** The config of a run names at least its thread and itself. */
export interface RunConfig extends GraphConfig {
  readonly configurable: Readonly<Record<string, unknown>> & {
    readonly thread_id: string;
    readonly run_id: string;
  };
}

/** `command` of a run, in its wire form. */
export interface RunCommand {
  readonly resume?: unknown;
  readonly goto?: GotoTarget | readonly GotoTarget[] | null;
  readonly update?: Readonly<Record<string, unknown>> | readonly (readonly [string, unknown])[] | null;
}

/** The name of a node, or a node with the input it gets (`Send`). */
export type GotoTarget = string | { readonly node: string; readonly input?: unknown };

/** One event of a run's stream, ready for JSON: `event` as in the contract, such as `values` or `updates|child:uuid`. */
export interface GraphEvent {
  readonly event: string;
  readonly data: JsonValue;
}
