import type { CheckpointReference } from '../graphs/execution/graph.state.js';
import type { GraphConfig } from '../graphs/graph.js';
import { isReservedKey } from '../graphs/reserved.keys.js';
import type { Principal } from '../on-auth/index.js';
import type { RunKwargs } from './run.kwargs.js';

type Configurable = Readonly<Record<string, unknown>>;

/** Says which row is meant, or who runs: only the server does that, whatever a client or an assistant sends. */
const OWN_KEYS = new Set(['thread_id', 'run_id', 'graph_id', 'assistant_id', 'user_id']);
/** Says where a run starts from: of the one run, not of its assistant or thread. */
const CHECKPOINT_KEYS = new Set(['checkpoint_id', 'checkpoint_ns', 'checkpoint_map']);

/** What a client may set of `configurable`. LangGraph's own keys begin with two underscores. */
export function allowedConfigurable(configurable: Configurable = {}): Configurable {
  return pick(configurable, (key) => !OWN_KEYS.has(key) && !isReservedKey(key) && !key.startsWith('__'));
}

/** Adds the caller, under the keys by which graphs know it (contract 1.11). */
export function withPrincipal(kwargs: RunKwargs, principal: Principal): RunKwargs {
  const configurable = {
    ...kwargs.config.configurable,
    langgraph_auth_user: principal,
    langgraph_auth_user_id: principal.identity,
    langgraph_auth_permissions: principal.permissions,
  };
  return { ...kwargs, config: { ...kwargs.config, configurable } };
}

/** A checkpoint as `configurable` names it. Its `thread_id` is dropped: the thread is the one of the path. */
export function checkpointKeys(checkpoint: CheckpointReference): Configurable {
  return pick({ ...checkpoint }, (key, value) => CHECKPOINT_KEYS.has(key) && (value ?? '') !== '');
}

/** Later configs win, key by key; so do the keys of `configurable` (contract 3.5). The last one is the run's own. */
export function mergeConfigs(inherited: readonly GraphConfig[], own: GraphConfig): GraphConfig {
  const configurables = [...inherited.map(inheritable), own.configurable ?? {}];
  return { ...merged([...inherited, own]), configurable: merged(configurables) };
}

function inheritable({ configurable }: GraphConfig): Configurable {
  return pick(allowedConfigurable(configurable), (key) => !CHECKPOINT_KEYS.has(key));
}

/** By spread, as `__proto__` is a key like any other. */
function merged<T extends object>(objects: readonly T[]): T {
  return objects.reduce((all, next) => ({ ...all, ...next }));
}

function pick(object: Configurable, test: (key: string, value: unknown) => boolean): Configurable {
  return Object.fromEntries(Object.entries(object).filter(([key, value]) => test(key, value)));
}
