import { createHash, timingSafeEqual } from 'node:crypto';
import passport from 'passport';
import type { Principal } from '../on-auth/principal.js';
import type { ApiKey } from './api-key.parser.js';
import { refuseSeveralAuthorizations, type AuthenticationRequest } from './authentication.request.js';

/**
 * Proves who is calling by a key in the `x-api-key` header. LangGraph clients send that header with whatever key their
 * environment holds, so an unknown one is no refusal: it leaves the request to the other strategies.
 */
export class ApiKeyStrategy extends passport.Strategy {
  override readonly name = 'api-key';

  constructor(private readonly keys: readonly ApiKey[]) {
    super();
  }

  override authenticate(request: AuthenticationRequest): void {
    refuseSeveralAuthorizations(request);
    const presented = request.headers['x-api-key'];
    const principal = typeof presented === 'string' ? this.find(presented) : undefined;
    if (principal) this.success(principal);
    else this.fail(401);
  }

  /** Compares with every key, each in constant time: the time taken tells nothing of how near a guess came. */
  private find(presented: string): Principal | undefined {
    const digest = createHash('sha256').update(presented).digest();
    let found: Principal | undefined;
    for (const key of this.keys) if (timingSafeEqual(key.digest, digest)) found = key.principal;
    return found;
  }
}
