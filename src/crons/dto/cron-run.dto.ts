import { Allow } from 'class-validator';
import { CarriesIds } from '../../http/id.carriers.js';
import type { JsonObject } from '../../http/json.js';
import { FieldSchema, fieldSchemaOf } from '../../http/schema/field.schema.js';
import {
  declarationOf,
  idsWithin,
  type AuthEvent,
  type RouteIds,
  type RouteInput,
} from '../../on-auth/index.js';
import { CreateRun } from '../../runs/dto/create-run.dto.js';
import { CONFIG_IDS } from '../../runs/dto/run.validation.js';
import { runFieldsOf, type PayloadField } from '../cron.payload.js';

/** The ids that a cron and its change can carry. */
export const CRON_BODY_IDS: RouteIds = {
  assistant_id: { in: 'body', resource: 'assistants' },
  ...idsWithin('config', ofThreads(CONFIG_IDS)),
};

/** A field that is checked as that of a run. */
function AsOfRun(): PropertyDecorator {
  return (target, field) => {
    Allow()(target, field);
    FieldSchema(() => fieldSchemaOf(CreateRun, String(field)))(target, field);
  };
}

/** The fields of a body that are about the runs of a cron. `withRunFields` checks them. */
export class CronRunFields implements Partial<Record<PayloadField, unknown>> {
  @AsOfRun() input?: unknown;
  @AsOfRun() @CarriesIds(...Object.keys(CONFIG_IDS)) config?: unknown;
  @AsOfRun() context?: unknown;
  @AsOfRun() webhook?: unknown;
  @AsOfRun() interrupt_before?: unknown;
  @AsOfRun() interrupt_after?: unknown;
  @AsOfRun() feedback_keys?: unknown;
  @AsOfRun() multitask_strategy?: unknown;
  @AsOfRun() stream_mode?: unknown;
  @AsOfRun() stream_subgraphs?: unknown;
  @AsOfRun() stream_resumable?: unknown;
  @AsOfRun() durability?: unknown;
  @AsOfRun() checkpoint_during?: unknown;

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
