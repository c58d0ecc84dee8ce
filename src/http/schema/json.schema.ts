/**
 * A JSON Schema of draft 2020-12, as OpenAPI 3.1 has it. One with a `title` stands in documents once, by that name.
 *
 * @example { title: 'Count', type: 'integer', minimum: 0 }
 */
export type JsonSchema = Readonly<Record<string, unknown>>;

export const UUID: JsonSchema = { type: 'string', format: 'uuid' };
export const TIME: JsonSchema = { type: 'string', format: 'date-time' };
export const TEXT: JsonSchema = { type: 'string' };
export const COUNT: JsonSchema = { type: 'integer', minimum: 0 };
/** A JSON object of anything. */
export const OBJECT: JsonSchema = { type: 'object' };

export function listOf(items: JsonSchema): JsonSchema {
  return { type: 'array', items };
}

/** Any of these words. */
export function oneOf(words: readonly string[]): JsonSchema {
  return { type: 'string', enum: [...words] };
}

export function nullable(schema: JsonSchema): JsonSchema {
  const { type } = schema;
  const isPlain = typeof type === 'string' && !('enum' in schema) && !('title' in schema);
  return isPlain ? { ...schema, type: [type, 'null'] } : { anyOf: [schema, { type: 'null' }] };
}

/** An object whose members are all there, unless they are named as optional. */
export function objectOf(
  title: string,
  properties: Readonly<Record<string, JsonSchema>>,
  optional: readonly string[] = [],
): JsonSchema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { title, type: 'object', properties, ...(required.length > 0 && { required }) };
}

/** What is left of an object where a client selects some of its members. */
export function selectionOf({ title, required: _, ...schema }: JsonSchema): JsonSchema {
  return { title: `Selected${String(title)}`, ...schema };
}
