import { parseObject } from '../http/route.input.js';
import type { JsonObject } from '../http/json.js';
import { withoutReserved } from '../http/reserved-metadata.js';
import { CreateRun } from '../runs/dto/create-run.dto.js';
import { allowedConfigurable } from '../runs/run.config.js';

/** The fields of a run that a cron takes. When it fires, `CreateRun` reads them again. */
export const PAYLOAD_FIELDS = [
  'input',
  'config',
  'context',
  'webhook',
  'interrupt_before',
  'interrupt_after',
  'feedback_keys',
  'multitask_strategy',
  'stream_mode',
  'stream_subgraphs',
  'stream_resumable',
  'durability',
  'checkpoint_during',
] as const;
export type PayloadField = (typeof PAYLOAD_FIELDS)[number];

/** What a cron creates its runs with: the fields that its client gave, without what only the server says. */
export interface CronPayload extends JsonObject {
  readonly assistant_id: string;
  /** Absent where each run gets a thread of its own. */
  readonly thread_id?: string;
  metadata: JsonObject;
}

/**
 * The fields of a request that are about its runs, checked as for a run.
 * @throws HttpException 422 that names the field
 */
export function runFieldsOf(request: Partial<Record<PayloadField, unknown>>): JsonObject {
  const given = Object.fromEntries(
    PAYLOAD_FIELDS.flatMap((field) => (request[field] === undefined ? [] : [[field, request[field]]])),
  );
  const { config } = parseObject(CreateRun, { ...given, assistant_id: 'any' }, ['input']);
  if (!config) return given;
  const { tags, recursion_limit, configurable, metadata } = config;
  return {
    ...given,
    config: {
      ...(tags && { tags }),
      ...(recursion_limit && { recursion_limit }),
      ...(metadata && { metadata: withoutReserved({ ...metadata }) }),
      configurable: allowedConfigurable(configurable ?? {}),
    },
  };
}
