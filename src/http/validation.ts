import { IsIn, IsInt, IsObject, IsOptional, Max, Min, ValidateBy, buildMessage } from 'class-validator';
import { applyDecorators } from '@nestjs/common';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value);
}

/** A UUID in its plain form, of any version. */
export function IsId(): PropertyDecorator {
  return ValidateBy({
    name: 'isId',
    validator: { validate: isUuid, defaultMessage: buildMessage(() => '$property must be a UUID') },
  });
}

/** A list of UUIDs. */
export function IsIdList(): PropertyDecorator {
  return ValidateBy({
    name: 'isIdList',
    validator: {
      validate: (value: unknown) => Array.isArray(value) && value.every(isUuid),
      defaultMessage: buildMessage(() => '$property must be a list of UUIDs'),
    },
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
  return ValidateBy({
    name: 'isListOf',
    validator: {
      validate: (value: unknown) => Array.isArray(value) && value.every((word) => known.has(word)),
      defaultMessage: buildMessage(() => `$property must be a list of ${words.join(', ')}`),
    },
  });
}

/** A word of a closed list, or a list of them. */
export function IsOneOrListOf(words: readonly string[]): PropertyDecorator {
  const known = new Set<unknown>(words);
  return ValidateBy({
    name: 'isOneOrListOf',
    validator: {
      validate: (value: unknown) => [value].flat().every((word) => known.has(word)),
      defaultMessage: buildMessage(() => `$property must be one of ${words.join(', ')}, or a list of them`),
    },
  });
}

export function IsFlag(): PropertyDecorator {
  return IsIn([true, false], { message: '$property must be true or false' });
}
