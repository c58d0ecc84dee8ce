import type { RunnableConfig } from '@langchain/core/runnables';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { GatheringCheckpointer, type BeforeSaving } from '../checkpointer/gathering.checkpointer.js';
import { withPersistence } from '../graph.copy.js';
import type { AccessContext, Graph, GraphConfig } from '../graph.js';
import { InvalidStateUpdateError } from '../graph.errors.js';
import { GraphRegistry } from '../graph.registry.js';
import { presentAddress, presentSnapshot } from './checkpoint.presenter.js';
import { toCommand } from './command.parser.js';
import type { RunCommand } from './run.request.js';
import { refusingUpdates } from './state-update.fault.js';
import { graphAt } from './subgraph.finder.js';
import type { CheckpointAddress, ThreadState, ThreadSummary } from './thread.state.js';

/** The thread whose state is meant, and the graph that can read it. */
export interface ThreadReference {
  readonly threadId: string;
  readonly graphId: string;
  /** The config of the thread, for graphs that a factory builds. */
  readonly config?: GraphConfig;
}

/** A checkpoint as clients name it. Its `thread_id`, if they send one, is not looked at: the thread is in the path. */
export interface CheckpointReference {
  readonly checkpoint_id?: string | null;
  readonly checkpoint_ns?: string | null;
  readonly checkpoint_map?: unknown;
}

export interface HistoryOptions {
  readonly limit: number;
  readonly before?: CheckpointReference;
  /** Only checkpoints whose metadata contains this. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** The namespace of a subgraph; with an id, this one checkpoint. */
  readonly checkpoint?: CheckpointReference;
}

export interface StateUpdate {
  readonly values: unknown;
  readonly asNode?: string;
  readonly checkpoint?: CheckpointReference;
  /** Goes into the metadata of the new checkpoint. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** One step of a thread that is created with a past: updates that are applied at once. */
export interface Superstep {
  readonly updates: readonly {
    readonly values?: unknown;
    /** Taken in place of `values`. */
    readonly command?: RunCommand;
    readonly asNode?: string;
  }[];
}

/**
 * Reads and changes the states of threads, in the current authorization scope: a thread out of reach is an empty one to read,
 * and cannot be written to. All methods throw a `GraphNotFoundError` for an unknown graph id.
 */
@Injectable()
export class GraphState {
  constructor(
    private readonly registry: GraphRegistry,
    private readonly dataSource: DataSource,
  ) {}

  /** The state at a checkpoint, or the latest one. `subgraphs` puts the states of waiting subgraphs into their tasks. */
  async getState(
    thread: ThreadReference,
    { checkpoint, subgraphs = false }: { checkpoint?: CheckpointReference; subgraphs?: boolean } = {},
  ): Promise<ThreadState> {
    const graph = await this.graph(thread, 'threads.read');
    return presentSnapshot(await graph.getState(configOf(thread, checkpoint), { subgraphs }));
  }

  /** Newest first. */
  async getHistory(thread: ThreadReference, options: HistoryOptions): Promise<ThreadState[]> {
    const { limit, before, metadata, checkpoint } = options;
    const graph = await this.graph(thread, 'threads.read');
    const snapshots = graph.getStateHistory(configOf(thread, checkpoint), {
      limit,
      ...(before && { before: configOf(thread, before) }),
      ...(metadata && { filter: { ...metadata } }),
    });
    const states: ThreadState[] = [];
    for await (const snapshot of snapshots) states.push(presentSnapshot(snapshot));
    return states;
  }

  /**
   * Adds a checkpoint, as if the node had returned the values.
   *
   * @param beforeSaving in the transaction that saves the checkpoint: the place to make sure of what the update rests on
   * @throws InvalidStateUpdateError for an unknown node, where the node must be named and is not, and for values it cannot take
   */
  async updateState(
    thread: ThreadReference,
    update: StateUpdate,
    beforeSaving: BeforeSaving = () => Promise.resolve(),
  ): Promise<CheckpointAddress> {
    const { values, asNode, checkpoint, metadata } = update;
    const checkpointer = new GatheringCheckpointer(this.dataSource);
    const graph = withPersistence(await this.graph(thread, 'threads.update'), { checkpointer });
    // Where there is no such subgraph, LangGraph says so.
    assertNode((await graphAt(graph, checkpoint?.checkpoint_ns)) ?? graph, asNode);
    const config = { ...configOf(thread, checkpoint), metadata: { graph_id: thread.graphId, ...metadata } };
    const saved = await refusingUpdates(() => graph.updateState(config, values ?? null, asNode));
    await checkpointer.save(beforeSaving);
    return addressOf(saved);
  }

  /**
   * Plays supersteps onto a thread.
   *
   * @throws InvalidStateUpdateError as `updateState`
   */
  async applySupersteps(
    thread: ThreadReference,
    supersteps: readonly Superstep[],
  ): Promise<CheckpointAddress> {
    const graph = await this.graph(thread, 'threads.update');
    for (const { asNode } of supersteps.flatMap(({ updates }) => updates)) assertNode(graph, asNode);
    const steps = supersteps.map(({ updates }) => ({
      updates: updates.map(({ values = null, command, asNode }) => ({
        values: command ? toCommand(command) : values,
        asNode,
      })),
    }));
    const config = { ...configOf(thread), metadata: { graph_id: thread.graphId } };
    return addressOf(await refusingUpdates(() => graph.bulkUpdateState(config, steps)));
  }

  /** What the thread's row repeats of its last checkpoint. */
  async summary(thread: ThreadReference): Promise<ThreadSummary> {
    const { values, next, tasks } = await this.getState(thread);
    const error = tasks.find((task) => task.error !== null)?.error ?? null;
    const waiting = error === null ? tasks.filter(({ name }) => next.includes(name)) : [];
    return {
      values,
      next,
      error,
      interrupts: Object.fromEntries(waiting.map((task) => [task.id, task.interrupts])),
    };
  }

  private graph({ graphId, config }: ThreadReference, accessContext: AccessContext): Promise<Graph> {
    return this.registry.get(graphId, { accessContext, config });
  }
}

function configOf({ threadId }: ThreadReference, reference: CheckpointReference = {}): RunnableConfig {
  const { checkpoint_id, checkpoint_ns, checkpoint_map } = reference;
  return {
    configurable: {
      thread_id: threadId,
      checkpoint_ns: checkpoint_ns ?? '',
      ...(checkpoint_id && { checkpoint_id }),
      ...(checkpoint_map !== undefined && checkpoint_map !== null && { checkpoint_map }),
    },
  };
}

/** LangGraph's own places to write as; `__copy__` and the like are among them. */
const OWN_PLACE = /^__(input|start|end|copy)__$/;

/** LangGraph looks nodes up by plain access, which finds `constructor` and `__proto__` in every graph. */
function assertNode({ nodes }: Graph, asNode: string | undefined): void {
  if (asNode === undefined || Object.hasOwn(nodes, asNode) || OWN_PLACE.test(asNode)) return;
  throw new InvalidStateUpdateError(`Node "${asNode}" does not exist`);
}

function addressOf(config: RunnableConfig): CheckpointAddress {
  const address = presentAddress(config);
  if (!address) throw new Error('LangGraph did not say which checkpoint it made');
  return address;
}
