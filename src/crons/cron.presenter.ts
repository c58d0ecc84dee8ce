import type { JsonObject } from '../http/json.js';
import { withoutPrincipal, withoutReservedKeys } from '../runs/run.presenter.js';
import type { Cron } from './cron.entity.js';

export const CRON_FIELDS = [
  'cron_id',
  'assistant_id',
  'thread_id',
  'on_run_completed',
  'end_time',
  'schedule',
  'timezone',
  'created_at',
  'updated_at',
  'user_id',
  'payload',
  'next_run_date',
  'metadata',
  'enabled',
  'last_fired_at',
  'last_error',
] as const;

/** `now` is the time of the server. */
export const SELECTABLE_CRON_FIELDS = [...CRON_FIELDS, 'now'] as const;
export type SelectableCronField = (typeof SELECTABLE_CRON_FIELDS)[number];

/**
 * A cron as the contract's section 2.4 has it, and what became of its last firings. The principal that it fires as stays inside.
 */
export function presentCron(cron: Cron, select: readonly SelectableCronField[] = CRON_FIELDS): JsonObject {
  return Object.fromEntries(select.map((field) => [field, presented(cron, field)]));
}

function presented(cron: Cron, field: SelectableCronField): unknown {
  switch (field) {
    case 'now':
      return new Date();
    case 'payload':
      return { ...withoutPrincipal(cron.payload), metadata: withoutReservedKeys(cron.payload.metadata) };
    case 'metadata':
      return withoutReservedKeys(cron.metadata);
    default:
      return cron[field];
  }
}
