import { applyDecorators } from '@nestjs/common';
import { ValidateBy, buildMessage } from 'class-validator';
import { CarriesIds } from '../../http/id.carriers.js';
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

/** `{ tags?, recursion_limit?, configurable?, metadata? }`, as a graph can be run with it; other keys are kept as they are. */
export function IsGraphConfig(): PropertyDecorator {
  return applyDecorators(
    ValidateBy({
      name: 'isGraphConfig',
      validator: {
        validate: isGraphConfig,
        defaultMessage: buildMessage(
          () =>
            '$property must be an object of tags (strings), recursion_limit (a whole number above 0), configurable and metadata (objects)',
        ),
      },
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
