import { TypeORMError } from 'typeorm';
import { ScopeMissingError } from '../../on-auth/errors.js';
import { wellFormed, type JsonObject } from './serialize.js';

/** What the `error` event of a stream and `__error__` of wait and join say: the error's class name and its message. */
export interface ErrorPayload extends JsonObject {
  error: string;
  message: string;
}

/**
 * Describes what a run failed with. A fault of the database or of the authorization context is not the graph's: it is told as
 * such, without its text, which may hold SQL.
 *
 * @example errorPayload(new RangeError('too far')) // { error: 'RangeError', message: 'too far' }
 */
export function errorPayload(error: unknown): ErrorPayload {
  if (error instanceof TypeORMError || error instanceof ScopeMissingError)
    return { error: 'InternalServerError', message: 'Internal Server Error' };
  return { error: nameOf(error), message: wellFormed(messageOf(error)) };
}

/** By its shape, not its class: a stored error is a plain object. An own class that sets no `name` is still called by its name. */
function nameOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('name' in error)) return 'Error';
  const { name, constructor } = error;
  if (name === 'Error') return constructor.name === 'Object' ? name : constructor.name || name;
  return typeof name === 'string' && name !== '' ? name : 'Error';
}

function messageOf(error: unknown): string {
  if (typeof error === 'string') return error;
  if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
  return 'The graph threw something that is no error';
}
