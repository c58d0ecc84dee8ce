import { ValidateBy, buildMessage } from 'class-validator';

/** `{ tags?, recursion_limit?, configurable?, metadata? }`, as a graph can be run with it; other keys are kept as they are. */
export function IsGraphConfig(): PropertyDecorator {
  return ValidateBy({
    name: 'isGraphConfig',
    validator: {
      validate: isGraphConfig,
      defaultMessage: buildMessage(
        () =>
          '$property must be an object of tags (strings), recursion_limit (a whole number above 0), configurable and metadata (objects)',
      ),
    },
  });
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
