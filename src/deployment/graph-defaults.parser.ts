import { z } from 'zod';
import type { GraphDefaults } from '../assistants/graph.defaults.js';
import { ConfigurationError } from '../configuration/configuration.error.js';

const config = z.strictObject({
  tags: z.array(z.string()).optional(),
  recursion_limit: z.int().positive().optional(),
  configurable: z.record(z.string(), z.unknown()).optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
});
const configAndContext = z.strictObject({
  config: config.optional(),
  context: z.record(z.string(), z.unknown()).optional(),
});

/**
 * Reads `LANGGRAPH_CONFIG`: by graph id a config, or `{ config, context }`.
 *
 * @throws ConfigurationError for a graph that is not served, and for what is neither. Values are not repeated: they may be secrets
 * @example parseGraphDefaults({ agent: { configurable: { model: 'm' } } }, ['agent']).agent?.config
 */
export function parseGraphDefaults(
  setting: Readonly<Record<string, unknown>>,
  graphIds: readonly string[],
): GraphDefaults {
  const entries = Object.entries(setting);
  const unknown = entries.find(([graphId]) => !graphIds.includes(graphId));
  if (unknown)
    throw new ConfigurationError(
      `LANGGRAPH_CONFIG names the graph "${unknown[0]}", which is not served: known are ${graphIds.join(', ')}.`,
    );
  return Object.fromEntries(entries.map(([graphId, value]) => [graphId, parseDefault(graphId, value)]));
}

function parseDefault(graphId: string, value: unknown): GraphDefaults[string] {
  const both = configAndContext.safeParse(value);
  if (both.success) return both.data;
  const plain = config.safeParse(value);
  if (plain.success) return { config: plain.data };
  throw new ConfigurationError(
    `LANGGRAPH_CONFIG has a wrong value (not shown) for the graph "${graphId}": it must be a config of tags, recursion_limit, configurable and metadata, or { "config": ..., "context": ... }.`,
  );
}
