import type { Type } from '@nestjs/common';
import { getMetadataStorage, ValidationTypes } from 'class-validator';
import type { RouteDocumentation } from '../http/documented.decorator.js';
import { fieldSchemaOf } from '../http/schema/field.schema.js';
import { nullable, type JsonSchema } from '../http/schema/json.schema.js';
import type { DeclaredRoute, RequestField, RequestShape } from '../on-auth/index.js';
import { exampleOf } from './body.example.js';
import type { ComponentCollector } from './component.collector.js';

export interface PartsContext {
  readonly components: ComponentCollector;
  readonly documentation: RouteDocumentation | undefined;
}

interface RequestParts {
  readonly parameters?: readonly JsonSchema[];
  readonly requestBody?: JsonSchema;
}

const PLACES: readonly unknown[] = ['path', 'query', 'header'];

/** Parameters and body of a route, by the rules that its input is validated with. */
export function requestPartsOf(
  route: DeclaredRoute,
  path: string,
  { components, documentation }: PartsContext,
): RequestParts {
  const inPath = [...path.matchAll(/[:*](\w+)/g)].map(([, name]) => name);
  const shape = shapeOf(route);
  const placed = shape?.fields.map((field) => ({
    ...field,
    in: inPath.includes(field.name) ? ('path' as const) : field.in,
  }));
  const described = placed?.filter((field) => field.in !== 'body').map((field) => parameterOf(field, shape));
  const unknown = inPath.filter((name) => !placed?.some((field) => field.name === name));
  const parameters = [
    ...unknown.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
    ...(described ?? []),
    ...Object.entries(documentation?.query ?? {}).map(([name, schema]) => ({ name, in: 'query', schema })),
  ].sort((a, b) => PLACES.indexOf(a.in) - PLACES.indexOf(b.in));
  const inBody = placed?.filter((field) => field.in === 'body') ?? [];
  return {
    ...(parameters.length > 0 && { parameters }),
    ...(shape && inBody.length > 0 && { requestBody: bodyOf(inBody, shape, components) }),
  };
}

/** Whether a route reads a body. */
export function readsBody({ access }: DeclaredRoute): boolean {
  return (
    access.kind === 'authorized' && access.input.shape?.fields.some((field) => field.in === 'body') === true
  );
}

function shapeOf({ access }: DeclaredRoute): RequestShape | undefined {
  return access.kind === 'authorized' ? access.input.shape : undefined;
}

function parameterOf(field: RequestField, shape: RequestShape | undefined): JsonSchema {
  const { in: source, at, name } = field;
  const schema = shape ? textSchema(schemaOf(field, shape.type)) : {};
  const isRequired = source === 'path' || (shape !== undefined && isNeeded(shape.type, name));
  return { name: at, in: source, ...(isRequired && { required: true }), schema };
}

/** A parameter is text: what can only be an object is none of its forms. */
function textSchema(schema: JsonSchema): JsonSchema {
  if (Object.keys(schema).length === 0) return { type: 'string' };
  if (!Array.isArray(schema.anyOf)) return schema;
  const forms = (schema.anyOf as JsonSchema[]).filter(({ type }) => type !== 'object');
  return forms.length === 1 ? forms[0] : { ...schema, anyOf: forms };
}

function bodyOf(
  fields: readonly RequestField[],
  { type, listOf, anyOf }: RequestShape,
  components: ComponentCollector,
): JsonSchema {
  const required = fields.filter(({ name }) => isNeeded(type, name)).map(({ at }) => at);
  const object: JsonSchema = {
    title: type.name,
    type: 'object',
    properties: Object.fromEntries(fields.map((field) => [field.at, schemaOf(field, type)])),
    ...(required.length > 0 && { required }),
    ...(anyOf && { anyOf: anyOf.map((name) => ({ required: [name] })) }),
  };
  const schema = listOf ? { type: 'array', items: object, minItems: 1, maxItems: listOf } : object;
  return {
    ...(required.length > 0 && { required: true }),
    content: { 'application/json': { schema: components.referenced(schema), example: exampleOf(schema) } },
  };
}

function schemaOf(field: RequestField, type: Type<object>): JsonSchema {
  const schema = { ...fieldSchemaOf(type, field.name), ...defaultOf(type, field.name) };
  return field.nullable && Object.keys(schema).length > 0 ? nullable(schema) : schema;
}

/** Initial values are the defaults; those that are made anew each time, such as ids, are not told. */
function defaultOf(type: Type<object>, name: string): JsonSchema {
  const first: unknown = Reflect.get(new type(), name);
  const second: unknown = Reflect.get(new type(), name);
  const isTold = first !== undefined && first !== null && JSON.stringify(first) === JSON.stringify(second);
  return isTold ? { default: first } : {};
}

/** Whether a request without the field is refused. */
function isNeeded(type: Type<object>, name: string): boolean {
  const rules = getMetadataStorage()
    .getTargetValidationMetadatas(type, '', false, false)
    .filter(({ propertyName }) => propertyName === name);
  const isOptional = rules.some((rule) => rule.type === ValidationTypes.CONDITIONAL_VALIDATION);
  const isChecked = rules.some((rule) => rule.type === ValidationTypes.CUSTOM_VALIDATION);
  return isChecked && !isOptional && Reflect.get(new type(), name) === undefined;
}
