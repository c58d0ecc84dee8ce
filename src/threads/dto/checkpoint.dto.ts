import { applyDecorators } from '@nestjs/common';
import { CarriesIds } from '../../http/id.carriers.js';
import { OBJECT, nullable, type JsonSchema } from '../../http/schema/json.schema.js';
import { rule } from '../../http/validation.js';
import { idsWithin, type RouteIds } from '../../on-auth/index.js';

/** A checkpoint as clients name it. A `thread_id` in it is not looked at: the thread is in the path. */
export interface CheckpointDto {
  readonly checkpoint_id?: string | null;
  readonly checkpoint_ns?: string | null;
  readonly checkpoint_map?: Record<string, unknown> | null;
}

const MAX_LENGTH = 4000;

const OBJECT_IDS: RouteIds = {
  checkpoint_id: { in: 'body', refusal: 'empty' },
  checkpoint_ns: { in: 'body', refusal: 'empty' },
  checkpoint_map: { in: 'body', refusal: 'empty' },
  thread_id: { in: 'body', refusal: 'ignored' },
};

const PART = { type: ['string', 'null'], maxLength: MAX_LENGTH } as const;

const CHECKPOINT: JsonSchema = {
  title: 'Checkpoint',
  type: 'object',
  properties: { checkpoint_id: PART, checkpoint_ns: PART, checkpoint_map: nullable(OBJECT) },
};

/** What names rows in a field that holds a checkpoint. */
export function checkpointIds(field: string): RouteIds {
  return {
    [field]: { in: 'body', refusal: 'empty' },
    ...idsWithin(field, { ...OBJECT_IDS, ...idsWithin('configurable', OBJECT_IDS) }),
  };
}

/** A checkpoint id, an object that names one, or LangGraph's config form `{ configurable: { checkpoint_id } }`. */
export function IsCheckpoint(): PropertyDecorator {
  return applyDecorators(
    rule('isCheckpoint', {
      validate: (value) => isText(value) || isCheckpoint(value) || isConfig(value),
      problem: () => 'must be a checkpoint: { checkpoint_id, checkpoint_ns, checkpoint_map }',
      schema: {
        anyOf: [
          { type: 'string', minLength: 1, maxLength: MAX_LENGTH },
          CHECKPOINT,
          { type: 'object', properties: { configurable: CHECKPOINT }, required: ['configurable'] },
        ],
      },
    }),
    (target: object, field: string | symbol) => {
      const names = Object.keys(checkpointIds(String(field)));
      CarriesIds(...names.map((name) => name.slice(String(field).length + 1)))(target, field);
    },
  );
}

/** The one form that is worked with. */
export function checkpointOf(given: CheckpointDto | string | undefined): CheckpointDto | undefined {
  if (typeof given === 'string') return { checkpoint_id: given };
  if (isConfig(given)) return given.configurable;
  return given;
}

function isConfig(value: unknown): value is { configurable: CheckpointDto } {
  return (
    typeof value === 'object' && value !== null && 'configurable' in value && isCheckpoint(value.configurable)
  );
}

function isCheckpoint(value: unknown): value is CheckpointDto {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { checkpoint_id, checkpoint_ns, checkpoint_map } = value as Record<string, unknown>;
  return isTextOrAbsent(checkpoint_id) && isTextOrAbsent(checkpoint_ns) && isObjectOrAbsent(checkpoint_map);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.length > 0 && value.length <= MAX_LENGTH;
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '' || isText(value);
}

function isObjectOrAbsent(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'object' && !Array.isArray(value));
}
