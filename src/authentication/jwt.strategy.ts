import type { KeyObject } from 'node:crypto';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy, type StrategyOptionsWithoutRequest } from 'passport-jwt';
import type { JwtSettings } from '../configuration/configuration.js';
import { UnauthenticatedError } from '../on-auth/errors.js';
import { parsePrincipal, type Principal } from '../on-auth/principal.js';
import { bearerTokenOf } from './authentication.request.js';
import type { ClaimsMapper } from './claims.mapper.js';
import type { KeySource } from './keys/key.source.js';
import { claimsInForce, CLOCK_TOLERANCE_S } from './token.claims.js';
import { parseHeader } from './token.parser.js';

/** Whose tokens, meant for whom. Compared exactly, where given. */
export type TokenExpectations = Pick<JwtSettings, 'issuer' | 'audience'>;

/**
 * Proves who is calling by a signed JSON Web Token in the `Authorization` header. Every token is verified anew: one that
 * expired, or whose key was taken away, is never remembered.
 */
export class JwtStrategy extends PassportStrategy(Strategy, 'jwt') {
  constructor(
    keys: KeySource,
    private readonly mapper: ClaimsMapper,
    expectations: TokenExpectations,
  ) {
    super(optionsOf(keys, expectations));
  }

  /** Called with the payload of a token whose signature, issuer and audience are right. */
  async validate(payload: unknown): Promise<Principal | undefined> {
    const claims = claimsInForce(payload, Date.now() / 1000);
    return claims && parsePrincipal(await this.mapper.toPrincipal(claims));
  }
}

function optionsOf(keys: KeySource, { issuer, audience }: TokenExpectations): StrategyOptionsWithoutRequest {
  return {
    jwtFromRequest: bearerTokenOf,
    secretOrKeyProvider: (_request: unknown, token: string, done: (error: unknown, key?: never) => void) => {
      keyFor(keys, token)
        // The published type of passport-jwt does not know key objects; its verification takes them as they are.
        .then((key) => done(null, key as never))
        .catch(done);
    },
    algorithms: [...keys.algorithms],
    issuer,
    audience,
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way to the tolerance
    jsonWebTokenOptions: { clockTolerance: CLOCK_TOLERANCE_S },
  };
}

async function keyFor(keys: KeySource, token: string): Promise<KeyObject> {
  const header = parseHeader(token);
  const key = header && (await keys.keyFor(header));
  if (!key) throw new UnauthenticatedError();
  return key;
}
