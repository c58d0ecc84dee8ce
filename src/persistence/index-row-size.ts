import { QueryFailedError } from 'typeorm';

/** `program_limit_exceeded` of PostgreSQL: an index row holds at most about 2,700 bytes. */
const PROGRAM_LIMIT_EXCEEDED = '54000';

/** Whether a write failed because a value is larger than the index over its key can hold. SQLite has no such limit. */
export function isIndexRowTooLarge(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const cause: unknown = error.driverError;
  return cause instanceof Error && 'code' in cause && cause.code === PROGRAM_LIMIT_EXCEEDED;
}
