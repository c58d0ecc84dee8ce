import { QueryFailedError } from 'typeorm';

const UNIQUE = new Set(['23505', 'SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY']);
const FOREIGN_KEY = new Set(['23503', 'SQLITE_CONSTRAINT_FOREIGNKEY']);

/**
 * Whether a query failed because a row with that key exists, visible or not, on either database.
 *
 * @example catch (error) { if (isUniqueViolation(error)) throw new ConflictException(); throw error; }
 */
export function isUniqueViolation(error: unknown): boolean {
  return UNIQUE.has(driverCode(error));
}

/** Whether a query failed because a row that it refers to does not exist, or one that refers to it still does. */
export function isForeignKeyViolation(error: unknown): boolean {
  return FOREIGN_KEY.has(driverCode(error));
}

/** PostgreSQL's SQLSTATE, or the extended result code of SQLite by name. */
function driverCode(error: unknown): string {
  if (!(error instanceof QueryFailedError)) return '';
  const cause: unknown = error.driverError;
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
}
