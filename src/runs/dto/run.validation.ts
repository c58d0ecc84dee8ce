import { applyDecorators } from '@nestjs/common';
import { GRAPH_CONFIG } from '../../assistants/dto/graph-config.validation.js';
import { CarriesIds } from '../../http/id.carriers.js';
import { OBJECT, TEXT, listOf, nullable } from '../../http/schema/json.schema.js';
import { rule } from '../../http/validation.js';
import { idsWithin, type RouteIds } from '../../on-auth/index.js';

const MAX_URL_LENGTH = 65_536;

/** A pause before or after nodes: `*` for every node, or their names. */
export const IsInterruptPoints = (): PropertyDecorator =>
  rule('isInterruptPoints', {
    validate: (value) => value === '*' || isTexts(value),
    problem: () => 'must be "*" or a list of node names',
    schema: { anyOf: [{ const: '*' }, listOf(TEXT)] },
  });

export const IsTextList = (): PropertyDecorator =>
  rule('isTextList', {
    validate: isTexts,
    problem: () => 'must be a list of strings',
    schema: listOf(TEXT),
  });

/** What names rows in a checkpoint that a run starts from. The thread is the run's own, whatever is said here. */
export const CHECKPOINT_IDS: RouteIds = {
  checkpoint_id: { in: 'body', refusal: 'empty' },
  checkpoint_ns: { in: 'body', refusal: 'empty' },
  checkpoint_map: { in: 'body', refusal: 'empty' },
  thread_id: { in: 'body', refusal: 'ignored' },
};

/** The same in a run's config, which may be the older form of a checkpoint. */
export const CONFIG_IDS = idsWithin('configurable', {
  ...CHECKPOINT_IDS,
  run_id: { in: 'body', refusal: 'ignored' },
  assistant_id: { in: 'body', refusal: 'ignored' },
  user_id: { in: 'body', resource: 'none', refusal: 'ignored' },
});

/** `{ tags?, recursion_limit?, configurable?, metadata? }`; other keys are ignored. */
export const IsRunConfig = (): PropertyDecorator =>
  applyDecorators(
    rule('isRunConfig', {
      validate: isConfig,
      problem: () =>
        'must be an object of tags (strings), recursion_limit (a whole number above 0), configurable and metadata (objects)',
      schema: GRAPH_CONFIG,
    }),
    CarriesIds(...Object.keys(CONFIG_IDS)),
  );

/** `{ checkpoint_id?, checkpoint_ns?, checkpoint_map? }` */
export const IsCheckpoint = (): PropertyDecorator =>
  applyDecorators(
    rule('isCheckpoint', {
      validate: isCheckpoint,
      problem: () =>
        'must be an object of checkpoint_id, checkpoint_ns (strings) and checkpoint_map (an object)',
      schema: {
        type: 'object',
        properties: {
          checkpoint_id: nullable(TEXT),
          checkpoint_ns: nullable(TEXT),
          checkpoint_map: nullable(OBJECT),
        },
      },
    }),
    CarriesIds(...Object.keys(CHECKPOINT_IDS)),
  );

/** Which of these URLs are called is the deployment's to say: see `WebhookTargets`. */
export const IsWebhookUrl = (): PropertyDecorator =>
  rule('isWebhookUrl', {
    validate: isWebhookUrl,
    problem: () =>
      `must be an absolute http or https URL of 1 to ${MAX_URL_LENGTH} characters, without user name and password`,
    schema: { type: 'string', format: 'uri', maxLength: MAX_URL_LENGTH },
  });

function isConfig(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { tags, recursion_limit: limit, configurable, metadata } = value;
  return (
    (isAbsent(tags) || isTexts(tags)) &&
    (isAbsent(limit) || (Number.isSafeInteger(limit) && (limit as number) > 0)) &&
    [configurable, metadata].every((part) => isAbsent(part) || isObject(part))
  );
}

function isCheckpoint(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { checkpoint_id, checkpoint_ns, checkpoint_map } = value;
  return (
    [checkpoint_id, checkpoint_ns].every((part) => isAbsent(part) || typeof part === 'string') &&
    (isAbsent(checkpoint_map) || isObject(checkpoint_map))
  );
}

function isWebhookUrl(value: unknown): boolean {
  if (typeof value !== 'string' || value.length > MAX_URL_LENGTH || !/^https?:\/\//i.test(value))
    return false;
  if (!URL.canParse(value)) return false;
  const { username, password } = new URL(value);
  return username === '' && password === '';
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}
