import type { GraphRunRequest, InterruptPoints, StreamMode } from './run.request.js';

/** LangGraph's own stream modes, which are not all of the contract's. */
export type LangGraphStreamMode = Exclude<StreamMode, 'messages-tuple' | 'events'>;

/** What LangGraph takes for one run. */
export interface RunOptions {
  readonly runId: string;
  readonly configurable: Record<string, unknown>;
  readonly metadata: Record<string, unknown>;
  readonly tags?: string[];
  readonly recursionLimit?: number;
  readonly context?: Record<string, unknown>;
  readonly streamMode: LangGraphStreamMode[];
  readonly subgraphs: boolean;
  readonly interruptBefore?: string[] | '*';
  readonly interruptAfter?: string[] | '*';
  readonly durability: 'sync' | 'async' | 'exit';
  readonly signal: AbortSignal;
}

/** Of `configurable`, what says whose run this is: repeated in the metadata of messages, events and checkpoints. */
const IDENTIFYING_KEYS = ['graph_id', 'assistant_id', 'thread_id', 'run_id', 'user_id'] as const;

/** What is left unsaid falls back to the graph's own settings. */
export function runOptions(request: GraphRunRequest): RunOptions {
  const { config, context, interruptBefore, interruptAfter } = request;
  return {
    runId: config.configurable.run_id,
    configurable: withoutInternals(config.configurable),
    metadata: metadataOf(request),
    ...(config.tags && { tags: [...config.tags] }),
    ...(config.recursion_limit !== undefined && { recursionLimit: config.recursion_limit }),
    ...(context && { context: { ...context } }),
    streamMode: langGraphModes(request.streamModes),
    subgraphs: request.subgraphs,
    ...(interruptBefore && { interruptBefore: points(interruptBefore) }),
    ...(interruptAfter && { interruptAfter: points(interruptAfter) }),
    durability: request.durability ?? 'async',
    signal: request.signal,
  };
}

/** LangGraph keeps its own state in `configurable`, under keys with two underscores: out of bounds for clients. */
export function withoutInternals(configurable: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(configurable).filter(([key]) => !key.startsWith('__')));
}

function metadataOf({ graphId, config, attempt }: GraphRunRequest): Record<string, unknown> {
  const identifying: [string, unknown][] = IDENTIFYING_KEYS.map((key) => [key, config.configurable[key]]);
  const stated = identifying.filter(([, value]) => typeof value === 'string');
  return {
    ...config.metadata,
    ...Object.fromEntries(stated),
    graph_id: graphId,
    run_attempt: attempt,
  };
}

function langGraphModes(modes: readonly StreamMode[]): LangGraphStreamMode[] {
  return [...new Set(modes.flatMap(langGraphMode))];
}

function langGraphMode(mode: StreamMode): LangGraphStreamMode[] {
  switch (mode) {
    case 'messages':
      // Tokens come from LangGraph's messages, whole messages from the state.
      return ['messages', 'values'];
    case 'messages-tuple':
      return ['messages'];
    case 'events':
      return [];
    default:
      return [mode];
  }
}

function points(interruptPoints: InterruptPoints): string[] | '*' {
  return interruptPoints === '*' ? '*' : [...interruptPoints];
}
