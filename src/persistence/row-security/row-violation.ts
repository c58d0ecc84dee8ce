import { QueryFailedError } from 'typeorm';
import { ScopeViolationError } from '../scope-violation.error.js';

const INSUFFICIENT_PRIVILEGE = '42501';
const NEW_ROW = /^new row violates row-level security policy .*for table "([^"]+)"/;

/** What row-level security refused to write, as the error that the query builders have for it. Any other error as it is. */
export function asScopeViolation(error: unknown): unknown {
  if (!(error instanceof QueryFailedError)) return error;
  const cause: unknown = error.driverError;
  if (!(cause instanceof Error && 'code' in cause && cause.code === INSUFFICIENT_PRIVILEGE)) return error;
  const [, table] = NEW_ROW.exec(cause.message) ?? [];
  return table === undefined
    ? error
    : new ScopeViolationError(`The database refused to write a ${table}`, []);
}
