import type { Graph } from '../graph.js';

/** A task that a graph repeats has its number here. */
const REPETITION = /^\d+$/;

/**
 * The graph that a checkpoint namespace is about: the graph itself for the empty one, else the subgraph that is found by the names in
 * it, as LangGraph finds it.
 *
 * @param namespace such as `child:1f0a…|grandchild:77c2…`: the nodes on the way, each with the id of its task
 * @returns nothing where there is no such subgraph
 */
export async function graphAt(graph: Graph, namespace: string | null = ''): Promise<Graph | undefined> {
  if (!namespace) return graph;
  const parts = namespace.split('|').filter((part) => !REPETITION.test(part));
  const names = parts.map((part) => part.split(':', 1)[0]).join('|');
  for await (const [, subgraph] of graph.getSubgraphsAsync(names, true)) return subgraph as Graph;
  return undefined;
}
