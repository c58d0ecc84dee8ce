import { NotAdmittedError } from '../on-auth/index.js';

/** An identity has made more requests than it may. */
export class RateLimitedError extends NotAdmittedError {
  override readonly name = 'RateLimitedError';

  /** @param retryAfterSeconds whole, at least 1 */
  constructor(retryAfterSeconds: number) {
    super(429, 'Too many requests', { 'retry-after': String(retryAfterSeconds) });
  }
}

/** Requests cannot be counted, so none is let in. */
export class LimiterUnavailableError extends NotAdmittedError {
  override readonly name = 'LimiterUnavailableError';

  constructor(cause: unknown) {
    super(503, 'Requests cannot be counted', {}, { cause });
  }
}
