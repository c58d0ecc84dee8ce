import { applyDecorators } from '@nestjs/common';
import { CarriesIds } from '../../http/id.carriers.js';
import { OBJECT, TEXT, listOf, nullable, type JsonSchema } from '../../http/schema/json.schema.js';
import { rule } from '../../http/validation.js';
import { idsWithin, type RouteIds } from '../../on-auth/index.js';

const IGNORED = { in: 'body', refusal: 'ignored' } as const;

/** What could name rows in the config of an assistant; runs take over none of it. */
export const GRAPH_CONFIG_IDS: RouteIds = idsWithin('configurable', {
  thread_id: IGNORED,
  run_id: IGNORED,
  assistant_id: IGNORED,
  checkpoint_id: IGNORED,
  checkpoint_ns: IGNORED,
  checkpoint_map: IGNORED,
});

/** What a graph is configured with, in every request and answer. */
export const GRAPH_CONFIG: JsonSchema = {
  title: 'GraphConfig',
  type: 'object',
  properties: {
    tags: nullable(listOf(TEXT)),
    recursion_limit: { type: ['integer', 'null'], minimum: 1 },
    configurable: nullable(OBJECT),
    metadata: nullable(OBJECT),
  },
};

/** `{ tags?, recursion_limit?, configurable?, metadata? }`, as a graph can be run with it; other keys are kept as they are. */
export function IsGraphConfig(): PropertyDecorator {
  return applyDecorators(
    rule('isGraphConfig', {
      validate: isGraphConfig,
      problem: () =>
        'must be an object of tags (strings), recursion_limit (a whole number above 0), configurable and metadata (objects)',
      schema: GRAPH_CONFIG,
    }),
    CarriesIds(...Object.keys(GRAPH_CONFIG_IDS)),
  );
}

function isGraphConfig(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { tags, recursion_limit: limit, configurable, metadata } = value;
  return (
    (isAbsent(tags) || (Array.isArray(tags) && tags.every((tag) => typeof tag === 'string'))) &&
    (isAbsent(limit) || (typeof limit === 'number' && Number.isSafeInteger(limit) && limit > 0)) &&
    [configurable, metadata].every((part) => isAbsent(part) || isObject(part))
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}
