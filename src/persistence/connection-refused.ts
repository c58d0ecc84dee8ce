import { isNativeError } from 'node:util/types';
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
  // Errors of the operating system may come from another realm, where `instanceof` would not know them.
  if (!isNativeError(error)) return false;
  if ('errors' in error && Array.isArray(error.errors)) return error.errors.every(isConnectionRefused);
  return 'code' in error && typeof error.code === 'string' && CODES.has(error.code);
}
