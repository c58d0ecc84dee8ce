import { DatabaseUnreachableError } from './database-unreachable.error.js';

/** PostgreSQL says so while it starts up. */
const CANNOT_CONNECT_NOW = '57P03';
const CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  CANNOT_CONNECT_NOW,
]);

/** Whether the database may just not be there yet. Anything else is wrong now and will be wrong in a second. */
export function isConnectionRefused(error: unknown): boolean {
  if (error instanceof DatabaseUnreachableError) return isConnectionRefused(error.cause);
  if (error instanceof AggregateError) return error.errors.every(isConnectionRefused);
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && CODES.has(error.code);
}
