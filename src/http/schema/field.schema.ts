import type { Type } from '@nestjs/common';
import { getMetadataStorage } from 'class-validator';
import type { JsonSchema } from './json.schema.js';
import { ruleSchemaOf } from './rule.schemas.js';

const FIELD_SCHEMA = 'http:field-schema';

/** Found when it is asked for, where a class is not complete yet. */
export type SchemaSource = JsonSchema | (() => JsonSchema);

/**
 * Says what a field holds, where its rule of validation is code of its own. Those of class-validator are known.
 *
 * @example
 * export const IsColour = () =>
 *   applyDecorators(Matches(/^#/), FieldSchema({ type: 'string', pattern: '^#[0-9a-f]{6}$' }));
 */
export function FieldSchema(schema: SchemaSource): PropertyDecorator {
  return (target, field) =>
    Reflect.defineMetadata(FIELD_SCHEMA, [...sourcesOf(target, field), schema], target, field);
}

/**
 * What a field of a class may hold, as its rules say: never less than they allow.
 *
 * @returns an empty schema for a field of which nothing is known
 */
export function fieldSchemaOf(type: Type<object>, field: string): JsonSchema {
  const rules = getMetadataStorage()
    .getTargetValidationMetadatas(type, '', false, false)
    .filter(({ propertyName }) => propertyName === field)
    .map(({ name, constraints, each }) => {
      const schema = ruleSchemaOf(name, constraints as unknown[] | undefined);
      return each ? { type: 'array', items: schema } : schema;
    });
  const said = sourcesOf(type.prototype as object, field).map(schemaOf);
  return Object.assign({}, ...rules, ...said) as JsonSchema;
}

function schemaOf(source: SchemaSource): JsonSchema {
  return typeof source === 'function' ? source() : source;
}

function sourcesOf(target: object, field: string | symbol): readonly SchemaSource[] {
  return (Reflect.getMetadata(FIELD_SCHEMA, target, field) ?? []) as readonly SchemaSource[];
}
