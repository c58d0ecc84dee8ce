import type { JsonObject } from './json.js';

/**
 * Some fields of a row, as an answer has them. Times become text here, the same as JSON makes of them, and cheaper.
 *
 * @example presentFields(thread, ['thread_id', 'created_at'])
 */
export function presentFields<T extends object>(row: T, fields: readonly (keyof T & string)[]): JsonObject {
  const presented: JsonObject = {};
  for (const field of fields) {
    const value: unknown = row[field];
    presented[field] = value instanceof Date ? value.toISOString() : value;
  }
  return presented;
}
