import { isNativeError } from 'node:util/types';
import { QueryFailedError, QueryRunnerAlreadyReleasedError } from 'typeorm';
import { isConnectionRefused } from './connection-refused.js';
import { DatabaseUnreachableError } from './database-unreachable.error.js';

/** PostgreSQL ends the connection: it is told to stop, or one of its processes has crashed. */
const SHUTS_DOWN = new Set(['57P01', '57P02']);
/** The class of faults of the connection. */
const CONNECTION_EXCEPTION = '08';
/** The driver has no codes for what it notices by itself. */
const NOTICED = /^Connection terminated|^Client has encountered a connection error/;

/**
 * Whether a statement of the service failed because its connection was lost, or none could be made: the database may have done it or
 * not, and can be asked again later. A fault of a connection that somebody else has made is none of these.
 */
export function isConnectionLost(error: unknown): boolean {
  // TypeORM releases the runner of a connection that was lost, between two statements of a transaction too.
  if (error instanceof DatabaseUnreachableError || error instanceof QueryRunnerAlreadyReleasedError)
    return true;
  return error instanceof QueryFailedError && isOfConnection(error.driverError);
}

function isOfConnection(error: unknown): boolean {
  if (!isNativeError(error)) return false;
  if (isConnectionRefused(error) || NOTICED.test(error.message)) return true;
  const code = 'code' in error ? String(error.code) : '';
  return SHUTS_DOWN.has(code) || code.startsWith(CONNECTION_EXCEPTION);
}
