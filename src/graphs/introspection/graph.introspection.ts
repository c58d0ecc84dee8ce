import { Injectable } from '@nestjs/common';
import { toJsonObject, type JsonObject } from '../execution/serialize.js';
import type { Graph, GraphConfig } from '../graph.js';
import { GraphRegistry } from '../graph.registry.js';
import { schemasOf, type GraphSchemas } from './graph.schemas.js';

/** A graph, and the config of the assistant through which it is seen: a factory may build another graph for another. */
export interface GraphReference {
  readonly graphId: string;
  readonly config?: GraphConfig;
}

/** Tells what a graph looks like and what it takes. All methods throw a `GraphNotFoundError` for an unknown graph id. */
@Injectable()
export class GraphIntrospection {
  constructor(private readonly registry: GraphRegistry) {}

  /**
   * Nodes and edges: `{ nodes: [{ id, type, data }], edges: [{ source, target, conditional }] }`.
   *
   * @param xray draws subgraphs in place of their nodes: all levels, or so many
   */
  async drawing(reference: GraphReference, xray: boolean | number = false): Promise<JsonObject> {
    const graph = await this.graph(reference);
    // Graphs take more than the type of their base class says.
    const options = { configurable: { ...reference.config?.configurable }, xray };
    const drawable = await graph.getGraphAsync(options);
    return toJsonObject(drawable.toJSON());
  }

  async schemas(reference: GraphReference): Promise<GraphSchemas> {
    return schemasOf(reference.graphId, await this.graph(reference));
  }

  /**
   * The schemas of subgraphs, by their path: `child`, or `child|grandchild`.
   *
   * @param namespace only the one at this path
   * @param recurse also subgraphs of subgraphs
   */
  async subgraphs(
    reference: GraphReference,
    { namespace, recurse = false }: { readonly namespace?: string; readonly recurse?: boolean } = {},
  ): Promise<Record<string, GraphSchemas>> {
    const graph = await this.graph(reference);
    const found: [string, GraphSchemas][] = [];
    const isDeep = recurse || namespace?.includes('|') === true;
    for await (const [path, subgraph] of graph.getSubgraphsAsync(namespace, isDeep))
      found.push([path, schemasOf(path, subgraph as Graph)]);
    return Object.fromEntries(found);
  }

  private graph({ graphId, config }: GraphReference): Promise<Graph> {
    return this.registry.get(graphId, { accessContext: 'assistants.read', config });
  }
}
