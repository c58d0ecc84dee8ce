import type { GraphConfig } from '../graphs/graph.js';
import { isReservedKey } from '../graphs/reserved.keys.js';

/**
 * A client's config as it is kept: without members that are null, which stands for absent, and without the keys under which
 * graphs find the principal, which only the server fills.
 */
export function storableConfig(config: GraphConfig): GraphConfig {
  const given: GraphConfig = pick(config, (_, value) => value !== null);
  const { configurable } = given;
  return configurable ? { ...given, configurable: pick(configurable, (key) => !isReservedKey(key)) } : given;
}

function pick(object: object, test: (key: string, value: unknown) => boolean): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([key, value]) => test(key, value)));
}
