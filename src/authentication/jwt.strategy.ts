import type { KeyObject } from 'node:crypto';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy, type StrategyOptionsWithRequest } from 'passport-jwt';
import type { JwtSettings } from '../configuration/configuration.js';
import { UnauthenticatedError } from '../on-auth/errors.js';
import { parsePrincipal, type Principal } from '../on-auth/principal.js';
import { bearerTokenOf, type AuthenticationRequest } from './authentication.request.js';
import type { ClaimsMapper, PrincipalCandidate } from './claims.mapper.js';
import type { KeySource } from './keys/key.source.js';
import { claimsInForce, CLOCK_TOLERANCE_S, type TokenClaims } from './token.claims.js';
import { parseHeader, type TokenHeader } from './token.parser.js';
import { VerifiedTokens, type VerifiedToken } from './verified.tokens.js';

/** Whose tokens, meant for whom. Compared exactly, where given. */
export type TokenExpectations = Pick<JwtSettings, 'issuer' | 'audience'>;

const UNAUTHORIZED = 401;

/** The token of a request, while its signature is being verified. */
interface Sighting {
  readonly token: string;
  readonly header: TokenHeader;
  readonly key: KeyObject;
}

/**
 * Proves who is calling by a signed JSON Web Token in the `Authorization` header. A signature is verified once for each token
 * and key; which key that is, whether the token is in force, and who it speaks for are asked anew for each request. So a token that
 * expired, or whose key was taken away, is refused although it is remembered.
 */
export class JwtStrategy extends PassportStrategy(Strategy, 'jwt') {
  private readonly verified = new VerifiedTokens();
  private readonly sightings: WeakMap<object, Sighting>;

  constructor(
    private readonly keys: KeySource,
    private readonly mapper: ClaimsMapper,
    expectations: TokenExpectations,
  ) {
    const sightings = new WeakMap<object, Sighting>();
    super(optionsOf(keys, expectations, sightings));
    this.sightings = sightings;
  }

  override authenticate(request: AuthenticationRequest, options?: object): void {
    const token = bearerTokenOf(request);
    const known = token === null ? undefined : this.verified.find(token);
    if (known)
      this.authenticateKnown(known, () => this.verify(request, options)).catch(this.error.bind(this));
    else this.verify(request, options);
  }

  /** Called with the payload of a token whose signature, issuer and audience are right. */
  validate(request: object, payload: unknown): Promise<Principal | undefined> {
    const sighting = this.sightings.get(request);
    if (sighting) this.verified.remember(sighting.token, sighting.header, sighting.key);
    return this.principalOf(payload);
  }

  private async authenticateKnown(
    { header, key, payload }: VerifiedToken,
    verify: () => void,
  ): Promise<void> {
    if ((await this.keys.keyFor(header)) !== key) {
      verify();
      return;
    }
    const principal = await this.principalOf(JSON.parse(payload));
    if (principal) this.success(principal);
    else this.fail(UNAUTHORIZED);
  }

  private verify(request: AuthenticationRequest, options?: object): void {
    // passport-jwt was made for Express; of a request it only passes on what it is given.
    super.authenticate(request as never, options);
  }

  private async principalOf(payload: unknown): Promise<Principal | undefined> {
    const claims = claimsInForce(payload, Date.now() / 1000);
    return claims && parsePrincipal(expiring(await this.mapper.toPrincipal(claims), claims));
  }
}

/** Whatever a mapper leaves out, what is held open with a token ends with it. */
function expiring(
  candidate: PrincipalCandidate | undefined,
  { exp }: TokenClaims,
): PrincipalCandidate | undefined {
  return candidate === undefined || candidate.exp === exp ? candidate : { ...candidate, exp };
}

function optionsOf(
  keys: KeySource,
  { issuer, audience }: TokenExpectations,
  sightings: WeakMap<object, Sighting>,
): StrategyOptionsWithRequest {
  return {
    jwtFromRequest: bearerTokenOf,
    passReqToCallback: true,
    secretOrKeyProvider: (request: object, token: string, done: (error: unknown, key?: never) => void) => {
      sightingOf(keys, token)
        .then((sighting) => {
          sightings.set(request, sighting);
          // The published type of passport-jwt does not know key objects; its verification takes them as they are.
          done(null, sighting.key as never);
        })
        .catch(done);
    },
    algorithms: [...keys.algorithms],
    issuer,
    audience,
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way to the tolerance
    jsonWebTokenOptions: { clockTolerance: CLOCK_TOLERANCE_S },
  };
}

async function sightingOf(keys: KeySource, token: string): Promise<Sighting> {
  const header = parseHeader(token);
  const key = header && (await keys.keyFor(header));
  if (!key) throw new UnauthenticatedError();
  return { token, header, key };
}
