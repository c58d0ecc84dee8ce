/** An identity has made more requests than it may. Answered as 429. */
export class RateLimitedError extends Error {
  override readonly name = 'RateLimitedError';

  /** @param retryAfterSeconds whole, at least 1 */
  constructor(readonly retryAfterSeconds: number) {
    super('Too many requests');
  }

  get headers(): Readonly<Record<string, string>> {
    return { 'retry-after': String(this.retryAfterSeconds) };
  }
}

/** Requests cannot be counted, so none is let in. Answered as 503. */
export class LimiterUnavailableError extends Error {
  override readonly name = 'LimiterUnavailableError';

  constructor(cause: unknown) {
    super('Requests cannot be counted', { cause });
  }
}
