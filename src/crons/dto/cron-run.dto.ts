import { Allow } from 'class-validator';
import { CarriesIds } from '../../http/id.carriers.js';
import type { JsonObject } from '../../http/json.js';
import {
  declarationOf,
  idsWithin,
  type AuthEvent,
  type RouteIds,
  type RouteInput,
} from '../../on-auth/index.js';
import { CONFIG_IDS } from '../../runs/dto/run.validation.js';
import { runFieldsOf, type PayloadField } from '../cron.payload.js';

/** The ids that a cron and its change can carry. */
export const CRON_BODY_IDS: RouteIds = {
  assistant_id: { in: 'body', resource: 'assistants' },
  ...idsWithin('config', ofThreads(CONFIG_IDS)),
};

/** The fields of a body that are about the runs of a cron. `withRunFields` checks them. */
export class CronRunFields implements Partial<Record<PayloadField, unknown>> {
  @Allow() input?: unknown;
  @Allow() @CarriesIds(...Object.keys(CONFIG_IDS)) config?: unknown;
  @Allow() context?: unknown;
  @Allow() webhook?: unknown;
  @Allow() interrupt_before?: unknown;
  @Allow() interrupt_after?: unknown;
  @Allow() feedback_keys?: unknown;
  @Allow() multitask_strategy?: unknown;
  @Allow() stream_mode?: unknown;
  @Allow() stream_subgraphs?: unknown;
  @Allow() stream_resumable?: unknown;
  @Allow() durability?: unknown;
  @Allow() checkpoint_during?: unknown;

  /** Those that were given, as a cron keeps them. */
  runFields: JsonObject = {};
}

/** Reads the fields of the runs as well, by the rules of a run. */
export function withRunFields<E extends AuthEvent, I extends CronRunFields>(
  input: RouteInput<E, I>,
): RouteInput<E, I> {
  return {
    ...input,
    async parse(request) {
      const parsed = await input.parse(request);
      parsed.runFields = runFieldsOf(parsed);
      return parsed;
    },
  };
}

/** What a run's own ids are about is about its thread here too. */
function ofThreads(ids: RouteIds): RouteIds {
  const entries = Object.entries(ids);
  return Object.fromEntries(
    entries.map(([name, id]) => [name, { resource: 'threads', ...declarationOf(id) } as const]),
  );
}
