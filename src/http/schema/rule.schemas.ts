import type { JsonSchema } from './json.schema.js';

/** What each rule of class-validator says about a value, by its name and what it was given. */
type RuleSchema = (constraints: readonly unknown[]) => JsonSchema;

const RULES: Readonly<Record<string, RuleSchema>> = {
  isString: () => ({ type: 'string' }),
  isBoolean: () => ({ type: 'boolean' }),
  isInt: () => ({ type: 'integer' }),
  isNumber: () => ({ type: 'number' }),
  isPositive: () => ({ type: 'number', exclusiveMinimum: 0 }),
  min: ([minimum]) => ({ minimum }),
  max: ([maximum]) => ({ maximum }),
  isObject: () => ({ type: 'object' }),
  isArray: () => ({ type: 'array' }),
  arrayNotEmpty: () => ({ minItems: 1 }),
  arrayMinSize: ([minItems]) => ({ minItems }),
  arrayMaxSize: ([maxItems]) => ({ maxItems }),
  isNotEmpty: () => ({ minLength: 1 }),
  isLength: ([minLength, maxLength]) => ({
    type: 'string',
    ...(minLength !== undefined && { minLength }),
    ...(maxLength !== undefined && { maxLength }),
  }),
  minLength: ([minLength]) => ({ type: 'string', minLength }),
  maxLength: ([maxLength]) => ({ type: 'string', maxLength }),
  matches: ([pattern]) => ({ type: 'string', ...(pattern instanceof RegExp && { pattern: pattern.source }) }),
  isUuid: () => ({ type: 'string', format: 'uuid' }),
  isEmail: () => ({ type: 'string', format: 'email' }),
  isUrl: () => ({ type: 'string', format: 'uri' }),
  isDateString: () => ({ type: 'string' }),
  isIn: ([words]) => enumOf(words),
  isEnum: ([, words]) => enumOf(words),
};

/** @returns nothing about a rule that is not known: a document may say less than the rule does, and nothing that is not so */
export function ruleSchemaOf(rule: string | undefined, constraints: readonly unknown[] = []): JsonSchema {
  const known = rule !== undefined && Object.hasOwn(RULES, rule) ? RULES[rule] : undefined;
  return known?.(constraints) ?? {};
}

function enumOf(words: unknown): JsonSchema {
  if (!Array.isArray(words)) return {};
  const known = words as unknown[];
  const [type, ...others] = new Set(known.map((word) => typeof word));
  if (type === 'boolean' && new Set(known).size === 2) return { type };
  return { ...(others.length === 0 && { type }), enum: [...known] };
}
