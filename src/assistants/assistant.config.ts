import type { GraphConfig } from '../graphs/graph.js';
import { isReservedKey } from '../graphs/reserved.keys.js';
import type { Principal } from '../on-auth/index.js';
import type { Assistant } from './assistant.entity.js';

/**
 * A client's config as it is kept: without members that are null, which stands for absent, and without keys of `configurable`
 * that are not the client's: those under which graphs find the principal, and LangGraph's own, which begin with two underscores.
 */
export function storableConfig(config: GraphConfig): GraphConfig {
  const given: GraphConfig = pick(config, (_, value) => value !== null);
  const { configurable } = given;
  return configurable ? { ...given, configurable: pick(configurable, isOfClients) } : given;
}

/** The config that a factory sees when the graph is only looked at: as for a run, it says of which assistant and for whom. */
export function configFor({ assistant_id, graph_id, config }: Assistant, principal: Principal): GraphConfig {
  return {
    ...config,
    configurable: {
      ...config.configurable,
      assistant_id,
      graph_id,
      user_id: principal.identity,
      langgraph_auth_user: principal,
      langgraph_auth_user_id: principal.identity,
      langgraph_auth_permissions: principal.permissions,
    },
  };
}

function isOfClients(key: string): boolean {
  return !isReservedKey(key) && !key.startsWith('__');
}

function pick(object: object, test: (key: string, value: unknown) => boolean): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([key, value]) => test(key, value)));
}
