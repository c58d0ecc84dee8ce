import { STATUS_CODES } from 'node:http';
import type { Failure } from './kept-alive.stream.js';

/**
 * The reason to abort an answer that takes its time, where its client has lost the right to it: the client hears this at once, in the
 * words of an HTTP error, and nothing more comes.
 *
 * @example abort.abort(new EarlyEndError(401, 'The token has expired'));
 */
export class EarlyEndError extends Error {
  override readonly name = 'EarlyEndError';

  /** @param status what a request would be answered with that is made now */
  constructor(
    readonly status: number,
    message = STATUS_CODES[status] ?? 'Error',
  ) {
    super(message);
  }

  /** What the contract calls an error that has a status (section 5.16). */
  get failure(): Failure {
    return { error: 'HTTPException', message: `${this.status}: ${this.message}` };
  }
}
