import type { ValueTransformer } from 'typeorm';

/**
 * A point in time as a `Date` in the entity and as whole milliseconds since the epoch in a `bigint` column: the same number
 * on every database, whatever its time zone.
 *
 * @example @Column('bigint', { transformer: epochMillis }) created_at!: Date;
 */
export const epochMillis: ValueTransformer = { to: toMillis, from: toDate };

/** @throws TypeError for anything but a valid Date, a whole number of milliseconds, `null` and `undefined` */
function toMillis(value: unknown): number | null | undefined {
  // TypeORM transforms the operand of an operator that is used twice, twice: by then it is a number.
  const millis = value instanceof Date ? value.getTime() : value;
  if (millis === null || millis === undefined) return millis;
  if (typeof millis === 'number' && Number.isSafeInteger(millis)) return millis;
  throw new TypeError(`not a point in time: ${String(value)}`);
}

/** PostgreSQL's driver gives a bigint as text. */
function toDate(value: unknown): Date | null | undefined {
  return value === null || value === undefined ? value : new Date(Number(value));
}
