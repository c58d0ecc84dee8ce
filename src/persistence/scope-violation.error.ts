import { ForbiddenError } from '../on-auth/errors.js';

/**
 * A row was written that its writer could not see: a new row or a new image that does not match the filter, a child of a row
 * that is out of reach, an upsert over such a row. Nothing was written.
 */
export class ScopeViolationError extends ForbiddenError {
  override readonly name = 'ScopeViolationError';
  /** @param keys the metadata keys that the handler's filter is about; none where everything is denied */
  constructor(
    message: string,
    readonly keys: readonly string[],
  ) {
    super(keys.length > 0 ? `${message} (keys: ${keys.join(', ')})` : message);
  }
}
