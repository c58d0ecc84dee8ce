import { v7 } from 'uuid';
import { CheckpointKeeper } from '../../../src/graphs/checkpointer/checkpoint.keeper.js';
import { TypeOrmCheckpointer } from '../../../src/graphs/checkpointer/typeorm.checkpointer.js';
import { GraphExecutor } from '../../../src/graphs/execution/graph.executor.js';
import { GraphState } from '../../../src/graphs/execution/graph.state.js';
import type { GraphEvent, GraphRunRequest } from '../../../src/graphs/execution/run.request.js';
import type { ThreadState } from '../../../src/graphs/execution/thread.state.js';
import type { GraphSources } from '../../../src/graphs/graph.js';
import { GraphRegistry } from '../../../src/graphs/graph.registry.js';
import type { ScopedDataSource } from '../../../src/persistence/scoped-data-source.js';
import type { TestDatabase } from '../../support/databases.js';
import { testGraphs } from '../../support/graphs/index.js';
import { as, createThread, openGraphDatabase } from './graph.database.js';

/** What a test may say of a run besides its graph and input. */
export interface RunSettings extends Partial<Omit<GraphRunRequest, 'config' | 'graphId' | 'input'>> {
  readonly threadId?: string;
  readonly runId?: string;
  readonly configurable?: Record<string, unknown>;
  readonly metadata?: Record<string, unknown>;
  readonly recursionLimit?: number;
}

/** Runs graphs on a real database, as alice unless said otherwise. */
export class GraphHarness {
  readonly executor: GraphExecutor;
  readonly state: GraphState;
  readonly keeper: CheckpointKeeper;

  private constructor(
    readonly dataSource: ScopedDataSource,
    readonly checkpointer: TypeOrmCheckpointer,
    registry: GraphRegistry,
    private readonly database: TestDatabase,
  ) {
    this.executor = new GraphExecutor(registry, dataSource);
    this.state = new GraphState(registry, dataSource);
    this.keeper = new CheckpointKeeper(dataSource);
  }

  static async open(database: TestDatabase, graphs: GraphSources = testGraphs): Promise<GraphHarness> {
    const dataSource = await openGraphDatabase(database.url);
    const checkpointer = new TypeOrmCheckpointer(dataSource);
    const registry = await GraphRegistry.load(graphs, { checkpointer });
    return new GraphHarness(dataSource, checkpointer, registry, database);
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
    await this.database.drop();
  }

  createThread(owner = 'alice'): Promise<string> {
    return createThread(this.dataSource, owner);
  }

  /** A run's request, on a thread that must exist. */
  request(graphId: string, input: unknown, threadId: string, settings: RunSettings = {}): GraphRunRequest {
    const { runId = v7(), configurable, metadata, recursionLimit, threadId: _, ...rest } = settings;
    return {
      graphId,
      input,
      streamModes: ['values'],
      subgraphs: false,
      signal: new AbortController().signal,
      attempt: 1,
      ...rest,
      config: {
        configurable: { ...configurable, thread_id: threadId, run_id: runId },
        metadata,
        recursion_limit: recursionLimit,
      },
    };
  }

  /** Runs to the end. Answers the events after `metadata`. Without a thread, on a new one. */
  async run(graphId: string, input: unknown, settings: RunSettings = {}): Promise<GraphEvent[]> {
    const threadId = settings.threadId ?? (await this.createThread());
    const [, ...events] = await this.collect(this.request(graphId, input, threadId, settings));
    return events;
  }

  async collect(request: GraphRunRequest, identity = 'alice'): Promise<GraphEvent[]> {
    const events: GraphEvent[] = [];
    await as(identity, async () => {
      for await (const event of this.executor.stream(request)) events.push(event);
    });
    return events;
  }

  stateOf(threadId: string, graphId: string, identity = 'alice'): Promise<ThreadState> {
    return as(identity, () => this.state.getState({ threadId, graphId }));
  }

  historyOf(threadId: string, graphId: string, identity = 'alice'): Promise<ThreadState[]> {
    return as(identity, () => this.state.getHistory({ threadId, graphId }, { limit: 100 }));
  }
}

/** The names of events, in their order. */
export function names(events: readonly GraphEvent[]): string[] {
  return events.map(({ event }) => event);
}

export const hello = { messages: [{ role: 'user', content: 'hello' }] };
