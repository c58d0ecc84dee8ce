import { applyDecorators } from '@nestjs/common';
import { CarriesIds } from '../../http/id.carriers.js';
import { OBJECT, TEXT, listOf, type JsonSchema } from '../../http/schema/json.schema.js';
import { rule } from '../../http/validation.js';

const TARGET: JsonSchema = {
  anyOf: [TEXT, { type: 'object', properties: { node: TEXT, input: {} }, required: ['node'] }],
};

/** What a graph goes on with after an interrupt, and where. */
export const COMMAND: JsonSchema = {
  title: 'Command',
  type: 'object',
  properties: {
    resume: {},
    goto: { anyOf: [TARGET, listOf(TARGET), { type: 'null' }] },
    update: { anyOf: [OBJECT, listOf({ type: 'array' }), { type: 'null' }] },
  },
};

/** `{ resume?, goto?, update? }` of a run or of an update of a state. */
export function IsCommand(): PropertyDecorator {
  return applyDecorators(
    rule('isCommand', {
      validate: isCommand,
      problem: () => 'must be an object of resume, goto (nodes) and update (values)',
      schema: COMMAND,
    }),
    CarriesIds('resume'),
  );
}

export function isCommand(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { goto, update } = value;
  const targets = Array.isArray(goto) ? (goto as unknown[]) : [goto ?? []].flat();
  return (
    targets.every(isTarget) &&
    (update === undefined || update === null || isObject(update) || isPairs(update))
  );
}

function isTarget(target: unknown): boolean {
  return typeof target === 'string' || (isObject(target) && typeof target.node === 'string');
}

function isPairs(update: unknown): boolean {
  return Array.isArray(update) && update.every(isPair);
}

function isPair(pair: unknown): boolean {
  return Array.isArray(pair) && pair.length === 2 && typeof pair[0] === 'string';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
