import type { Type } from '@nestjs/common';
import { getMetadataArgsStorage } from 'typeorm';
import type { ColumnMetadataArgs } from 'typeorm/metadata-args/ColumnMetadataArgs.js';
import { epochMillis } from '../../persistence/epoch-millis.transformer.js';
import { nullable, objectOf, TIME, type JsonSchema } from './json.schema.js';

const COLUMN_TYPES: Readonly<Record<string, JsonSchema>> = {
  varchar: { type: 'string' },
  integer: { type: 'integer' },
  'double precision': { type: 'number' },
  boolean: { type: 'boolean' },
};

/**
 * The schema of rows as they are answered, from the columns of their entity.
 *
 * @param fields the columns that are shown
 * @param known what columns do not say about themselves: that a text is a UUID, that JSON is an object
 * @example entitySchema('Thread', Thread, THREAD_FIELDS, { thread_id: UUID, metadata: OBJECT })
 */
export function entitySchema<T extends object>(
  title: string,
  entity: Type<T>,
  fields: readonly (keyof T & string)[],
  known: Readonly<Record<string, JsonSchema>> = {},
): JsonSchema {
  const columns = new Map(
    getMetadataArgsStorage()
      .filterColumns(entity)
      .map((column) => [column.propertyName, column]),
  );
  const entries = fields.map((field) => [field, columnSchema(columns.get(field), known[field])] as const);
  return objectOf(title, Object.fromEntries(entries));
}

function columnSchema(column: ColumnMetadataArgs | undefined, known: JsonSchema | undefined): JsonSchema {
  const { type, transformer, nullable: isNullable = false } = column?.options ?? {};
  const plain = known ?? (transformer === epochMillis ? TIME : (COLUMN_TYPES[String(type)] ?? {}));
  return isNullable && Object.keys(plain).length > 0 ? nullable(plain) : plain;
}
