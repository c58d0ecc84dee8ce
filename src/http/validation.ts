import { IsIn, IsInt, IsObject, IsOptional, Max, Min, ValidateBy, buildMessage } from 'class-validator';
import { applyDecorators } from '@nestjs/common';
import { FieldSchema } from './schema/field.schema.js';
import { UUID, listOf, oneOf, type JsonSchema } from './schema/json.schema.js';

const UUID_FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID_FORM.test(value);
}

export interface Rule {
  readonly validate: (value: unknown) => boolean;
  /** What follows the name of the field in the message of a refusal. */
  readonly problem: () => string;
  /** What documents say of the field. It may allow more than the rule, and nothing less. */
  readonly schema: JsonSchema;
}

/**
 * A rule of class-validator, together with what it says of a field in documents.
 *
 * @example const IsColour = () => rule('isColour', { validate: isColour, problem: () => 'must be a colour', schema: TEXT });
 */
export function rule(name: string, { validate, problem, schema }: Rule): PropertyDecorator {
  return applyDecorators(
    ValidateBy({
      name,
      validator: { validate, defaultMessage: buildMessage(() => `$property ${problem()}`) },
    }),
    FieldSchema(schema),
  );
}

/** A UUID in its plain form, of any version. */
export function IsId(): PropertyDecorator {
  return rule('isId', { validate: isUuid, problem: () => 'must be a UUID', schema: UUID });
}

/** A list of UUIDs. */
export function IsIdList(): PropertyDecorator {
  return rule('isIdList', {
    validate: (value) => Array.isArray(value) && value.every(isUuid),
    problem: () => 'must be a list of UUIDs',
    schema: listOf(UUID),
  });
}

/** A JSON object; absent counts as valid. */
export function IsOptionalObject(): PropertyDecorator {
  return applyDecorators(IsOptional(), IsObject({ message: '$property must be a JSON object' }));
}

/** How many rows a search returns: 1 to 1000. */
export function IsLimit(): PropertyDecorator {
  return applyDecorators(
    IsInt({ message: '$property must be a whole number' }),
    Min(1, { message: '$property must be 1 to 1000' }),
    Max(1000, { message: '$property must be 1 to 1000' }),
  );
}

export function IsOffset(): PropertyDecorator {
  return applyDecorators(
    IsInt({ message: '$property must be a whole number' }),
    Min(0, { message: '$property must not be negative' }),
    Max(Number.MAX_SAFE_INTEGER - 2000, { message: '$property is too large' }),
  );
}

/** One of a closed list of words. */
export function IsOneOf(words: readonly string[]): PropertyDecorator {
  return IsIn([...words], { message: `$property must be one of ${words.join(', ')}` });
}

/** A list of words of a closed list. */
export function IsListOf(words: readonly string[]): PropertyDecorator {
  const known = new Set<unknown>(words);
  return rule('isListOf', {
    validate: (value) => Array.isArray(value) && value.every((word) => known.has(word)),
    problem: () => `must be a list of ${words.join(', ')}`,
    schema: listOf(oneOf(words)),
  });
}

/** A word of a closed list, or a list of them. */
export function IsOneOrListOf(words: readonly string[]): PropertyDecorator {
  const known = new Set<unknown>(words);
  return rule('isOneOrListOf', {
    validate: (value) => [value].flat().every((word) => known.has(word)),
    problem: () => `must be one of ${words.join(', ')}, or a list of them`,
    schema: { anyOf: [oneOf(words), listOf(oneOf(words))] },
  });
}

export function IsFlag(): PropertyDecorator {
  return IsIn([true, false], { message: '$property must be true or false' });
}
