import { withPersistence, type GraphPersistence } from './graph.copy.js';
import { GraphNotFoundError, InvalidGraphError } from './graph.errors.js';
import type { AccessContext, Graph, GraphConfig, GraphFactory, GraphSources } from './graph.js';
import { parseGraph } from './graph.parser.js';

/** What a graph is wanted for. Factories see it. */
export interface GraphAccess {
  readonly accessContext: AccessContext;
  readonly config?: GraphConfig;
  readonly context?: Readonly<Record<string, unknown>>;
}

type Entry = { readonly graph: Graph } | { readonly factory: GraphFactory };

/** The graphs of this server by their id. */
export class GraphRegistry {
  private constructor(
    private readonly entries: ReadonlyMap<string, Entry>,
    private readonly persistence: GraphPersistence,
  ) {}

  /**
   * Resolves promises and looks at every graph, so that a broken one stops the boot.
   *
   * @throws InvalidGraphError that names the graph and the cure
   */
  static async load(sources: GraphSources, persistence: GraphPersistence): Promise<GraphRegistry> {
    const entries = await Promise.all(
      Object.entries(sources).map(async ([id, source]): Promise<[string, Entry]> => {
        const value = await settled(id, source);
        if (isFactory(value)) return [id, { factory: value }];
        return [id, { graph: withPersistence(parseGraph(id, value), persistence) }];
      }),
    );
    return new GraphRegistry(new Map(entries), persistence);
  }

  get ids(): readonly string[] {
    return [...this.entries.keys()];
  }

  has(graphId: string): boolean {
    return this.entries.has(graphId);
  }

  /**
   * The graph, with this server's checkpointer and store.
   *
   * @throws GraphNotFoundError for an unknown id
   * @throws InvalidGraphError when its factory returns something else than a graph
   */
  async get(graphId: string, access: GraphAccess): Promise<Graph> {
    const entry = this.entries.get(graphId);
    if (!entry) throw new GraphNotFoundError(graphId);
    if ('graph' in entry) return entry.graph;
    const { accessContext, config = {}, context } = access;
    const built = await entry.factory(
      { configurable: {}, ...config },
      { accessContext, ...(accessContext === 'threads.create_run' && { executionRuntime: { context } }) },
    );
    return withPersistence(parseGraph(graphId, built), this.persistence);
  }
}

async function settled(graphId: string, source: unknown): Promise<unknown> {
  try {
    return await source;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InvalidGraphError(`Graph "${graphId}" could not be loaded: ${reason}`, { cause: error });
  }
}

function isFactory(value: unknown): value is GraphFactory {
  return typeof value === 'function';
}
