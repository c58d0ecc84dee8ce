import type { BaseChannel, Pregel, PregelNode } from '@langchain/langgraph';

/** A compiled LangGraph.js graph, as `compile()` and `entrypoint()` return it. */
export type Graph = Pregel<Record<string, PregelNode>, Record<string, BaseChannel>>;

/** What a graph is asked for: to be shown, read, changed or run. A factory may build a different graph for each. */
export type AccessContext = 'assistants.read' | 'threads.read' | 'threads.update' | 'threads.create_run';

/** The config that a factory and a graph see: the wire form of LangGraph's `RunnableConfig`. */
export interface GraphConfig {
  readonly tags?: readonly string[];
  readonly recursion_limit?: number;
  readonly configurable?: Readonly<Record<string, unknown>>;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** The second argument of a factory. */
export interface GraphFactoryRuntime {
  readonly accessContext: AccessContext;
  /** Only where the graph is about to be executed, that is for `threads.create_run`. */
  readonly executionRuntime?: { readonly context: Readonly<Record<string, unknown>> | undefined };
}

export type GraphFactory = (config: GraphConfig, runtime: GraphFactoryRuntime) => unknown;

/** The graphs that a server offers, by their id. Each is a compiled graph, a promise of one, or a `GraphFactory`. */
export type GraphSources = Readonly<Record<string, unknown>>;
