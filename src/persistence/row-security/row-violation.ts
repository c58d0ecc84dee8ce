import { QueryFailedError } from 'typeorm';
import { ScopeViolationError } from '../scope-violation.error.js';

const INSUFFICIENT_PRIVILEGE = '42501';
const NEW_ROW = /^new row violates row-level security policy .*for table "([^"]+)"/;

/** What row-level security refused to write, as the error that the query builders have for it. Any other error as it is. */
export function asScopeViolation(error: unknown): unknown {
  if (!isRefusedByPrivilege(error)) return error;
  const [, table] = NEW_ROW.exec(error.driverError.message) ?? [];
  return table === undefined
    ? error
    : new ScopeViolationError(`The database refused to write a ${table}`, []);
}

/** Policies, missing privileges and scopes without a seal are all refused with the same code. */
export function isRefusedByPrivilege(error: unknown): error is QueryFailedError {
  if (!(error instanceof QueryFailedError)) return false;
  const cause: unknown = error.driverError;
  return cause instanceof Error && 'code' in cause && cause.code === INSUFFICIENT_PRIVILEGE;
}
