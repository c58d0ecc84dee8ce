import { InvalidGraphError } from './graph.errors.js';
import type { Graph } from './graph.js';

/**
 * Reads what stands where a graph should be. Graphs are told by their shape, not by their class: a project may bring its own
 * copy of LangGraph. A graph that was not compiled yet is compiled.
 *
 * @throws InvalidGraphError that names the graph and the cure
 */
export function parseGraph(graphId: string, candidate: unknown): Graph {
  if (isGraph(candidate)) return candidate;
  const compiled = isBuilder(candidate) ? candidate.compile() : undefined;
  if (isGraph(compiled)) return compiled;
  throw new InvalidGraphError(
    `Graph "${graphId}" is ${describe(candidate)}: register what compile() returns, a promise of it, or a function that returns it`,
  );
}

function isGraph(candidate: unknown): candidate is Graph {
  return isObject(candidate) && candidate.lg_is_pregel === true && typeof candidate.stream === 'function';
}

function isBuilder(candidate: unknown): candidate is { compile: () => unknown } {
  return isObject(candidate) && typeof candidate.compile === 'function';
}

function isObject(candidate: unknown): candidate is Record<string, unknown> {
  return typeof candidate === 'object' && candidate !== null;
}

function describe(candidate: unknown): string {
  if (candidate === null || candidate === undefined) return 'missing';
  if (typeof candidate === 'object')
    return `an object of ${candidate.constructor?.name ?? 'no class'}, not a graph`;
  return `a ${typeof candidate}, not a graph`;
}
