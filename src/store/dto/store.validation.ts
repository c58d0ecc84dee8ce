import { applyDecorators } from '@nestjs/common';
import { ValidateBy, buildMessage, type ValidationArguments } from 'class-validator';
import { assertPaths } from '../../graphs/store/indexed.text.js';
import { assertClientLabels } from '../../graphs/store/namespace.path.js';
import { parseStoreFilter } from '../../graphs/store/store.filter.js';
import { MAX_TTL_MINUTES } from '../../graphs/store.settings.js';
import { CarriesIds } from '../../http/id.carriers.js';
import { FieldSchema } from '../../http/schema/field.schema.js';
import { OBJECT, TEXT, listOf, type JsonSchema } from '../../http/schema/json.schema.js';

/** A list of labels as a client may name them. */
export function IsNamespace(): PropertyDecorator {
  const rule = passes('isNamespace', listOf(TEXT), (labels) => {
    if (!Array.isArray(labels)) throw new Error('$property must be a list of labels');
    assertClientLabels(labels);
  });
  return applyDecorators(rule, CarriesIds());
}

export function IsItemKey(): PropertyDecorator {
  const rule = passes('isItemKey', { type: 'string', minLength: 1 }, (key) => {
    if (typeof key !== 'string' || key === '') throw new Error('$property must be text that is not empty');
  });
  return applyDecorators(rule, CarriesIds());
}

/** The conditions of a search on the members of values. */
export function IsStoreFilter(): PropertyDecorator {
  return passes('isStoreFilter', OBJECT, (filter) => parseStoreFilter(filter as Record<string, unknown>));
}

/** How long an item lives, in minutes; null is for ever. */
export function IsStoreTtl(): PropertyDecorator {
  const minutes = { type: 'number', exclusiveMinimum: 0, maximum: MAX_TTL_MINUTES };
  return passes('isStoreTtl', minutes, (ttl) => {
    if (ttl === null || (typeof ttl === 'number' && ttl > 0 && ttl <= MAX_TTL_MINUTES)) return;
    throw new Error('$property must be a number of minutes above 0, or null');
  });
}

/** What of an item is found by its meaning: `false`, or a list of paths. */
export function IsIndexChoice(): PropertyDecorator {
  const paths = { type: 'array', maxItems: MAX_PATHS, items: TEXT };
  return passes('isIndexChoice', { anyOf: [{ const: false }, paths] }, (choice) => {
    if (choice === false) return;
    if (!Array.isArray(choice) || choice.length > MAX_PATHS || !choice.every(isText))
      throw new Error(`$property must be false, or a list of at most ${MAX_PATHS} paths`);
    assertPaths(choice);
  });
}

const MAX_PATHS = 100;

function isText(path: unknown): path is string {
  return typeof path === 'string';
}

/** A rule that is told apart by what it throws, whose message is the client's. */
function passes(name: string, schema: JsonSchema, check: (value: unknown) => unknown): PropertyDecorator {
  const rule = ValidateBy({
    name,
    validator: {
      validate: (value: unknown) => faultOf(check, value) === undefined,
      defaultMessage: (argument?: ValidationArguments) =>
        buildMessage(() => faultOf(check, argument?.value) ?? '')(argument),
    },
  });
  return applyDecorators(rule, FieldSchema(schema));
}

function faultOf(check: (value: unknown) => unknown, value: unknown): string | undefined {
  try {
    check(value);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
