import type { JsonObject } from '../../http/json.js';
import type { RunEnd } from '../../runs/engine/run-end.observer.js';
import { presentRun } from '../../runs/run.presenter.js';

/** Of `config.configurable`, what says where the run ran. */
const PLACES = ['run_id', 'thread_id', 'assistant_id', 'graph_id', 'checkpoint_id', 'checkpoint_ns'] as const;

/**
 * What a receiver is told of a run (contract 3.8), but for the time of sending. It goes to wherever a client wished, so it holds less than
 * an answer of the API: of what the run was configured with (`config`, `context`), which assistants contribute to, and where keys and the
 * principal are, only its place, tags and limit are left.
 */
export function deliveryPayload({ run, values }: RunEnd): JsonObject {
  const { started_at, ended_at, error, temporary, kwargs } = run;
  return {
    ...presentRun(run),
    kwargs: withoutConfiguration(kwargs),
    run_started_at: started_at,
    run_ended_at: ended_at,
    ...(!temporary && { values }),
    error,
  };
}

function withoutConfiguration({ context: _, ...kwargs }: JsonObject): JsonObject {
  const { tags, recursion_limit, configurable } = objectOr(kwargs.config);
  const all = objectOr(configurable);
  const places = PLACES.filter((key) => Object.hasOwn(all, key)).map((key) => [key, all[key]] as const);
  const config = {
    ...(tags !== undefined && { tags }),
    ...(recursion_limit !== undefined && { recursion_limit }),
    configurable: Object.fromEntries(places),
  };
  return { ...kwargs, config };
}

function objectOr(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
