import { isReservedKey } from '../graphs/reserved.keys.js';
import type { JsonObject } from '../http/json.js';
import type { Run } from './run.entity.js';

export const RUN_FIELDS = [
  'run_id',
  'thread_id',
  'assistant_id',
  'created_at',
  'updated_at',
  'status',
  'metadata',
  'kwargs',
  'multitask_strategy',
] as const;
export type RunField = (typeof RUN_FIELDS)[number];

/** A run as the contract's section 2.3 has it. The principal that it runs as, and the decision about it, stay inside. */
export function presentRun(run: Run, select: readonly RunField[] = RUN_FIELDS): JsonObject {
  return Object.fromEntries(select.map((field) => [field, presented(run, field)]));
}

function presented(run: Run, field: RunField): unknown {
  if (field === 'kwargs') return withoutPrincipal(run.kwargs);
  return field === 'metadata' ? withoutReservedKeys(run.metadata) : run[field];
}

/** What a graph is run with, without what the server says about its principal (contract 5.30). */
export function withoutPrincipal(kwargs: JsonObject): JsonObject {
  const { config } = kwargs;
  if (!isObject(config)) return kwargs;
  const { configurable, metadata } = config;
  return {
    ...kwargs,
    config: {
      ...config,
      ...(isObject(configurable) && { configurable: withoutReservedKeys(configurable) }),
      ...(isObject(metadata) && { metadata: withoutReservedKeys(metadata) }),
    },
  };
}

export function withoutReservedKeys(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !isReservedKey(key)));
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
