import type { RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';
import type { Admission, Principal } from '../on-auth/index.js';
import { LimiterUnavailableError, RateLimitedError } from './limits.errors.js';

/**
 * Counts the requests of each identity, and refuses those that are too many. Whoever has not proved an identity has no budget, and
 * uses up nobody's. Where the counter fails nobody is let in: a limit that can be switched off by breaking its table would be none.
 */
export class RateLimiter implements Admission {
  constructor(private readonly counter: Pick<RateLimiterAbstract, 'consume'>) {}

  /**
   * @throws RateLimitedError until the minute is over that the identity's first request has begun
   * @throws LimiterUnavailableError when the counter does not work
   */
  async admit({ identity }: Principal): Promise<void> {
    try {
      await this.counter.consume(identity);
    } catch (refusal) {
      if (!isRefusal(refusal)) throw new LimiterUnavailableError(refusal);
      throw new RateLimitedError(Math.max(1, Math.ceil(refusal.msBeforeNext / 1000)));
    }
  }
}

/** The library rejects with the state of a counter that is full, and with an error when it could not count. */
function isRefusal(thrown: unknown): thrown is RateLimiterRes {
  return (
    !(thrown instanceof Error) && typeof thrown === 'object' && thrown !== null && 'msBeforeNext' in thrown
  );
}
