import type { KeyObject } from 'node:crypto';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy, type StrategyOptionsWithRequest } from 'passport-jwt';
import type { JwtSettings } from '../configuration/configuration.js';
import { UnauthenticatedError } from '../on-auth/errors.js';
import { whenThere, isThenable, type Eventual } from '../on-auth/eventual.js';
import { parsePrincipal, type Principal } from '../on-auth/principal.js';
import { bearerTokenOf, type AuthenticationRequest } from './authentication.request.js';
import { dependsOnClaimsAlone, type ClaimsMapper, type PrincipalCandidate } from './claims.mapper.js';
import type { KeySource } from './keys/key.source.js';
import { claimsInForce, CLOCK_TOLERANCE_S, readClaims, type TokenClaims } from './token.claims.js';
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
 * and key; which key that is, whether the token is in force, and whom it speaks for are asked anew for each request. So a token that
 * expired, or whose key was taken away, is refused although it is remembered. Only where the claims alone say whom it speaks for, all
 * requests with one token have one principal, which nobody can change.
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
    if (!known) {
      this.verify(request, options);
      return;
    }
    const answered = whenThere(this.keys.keyFor(known.header), (key) =>
      key === known.key ? this.accept(known) : this.verify(request, options),
    );
    if (isThenable(answered)) answered.then(undefined, this.error.bind(this));
  }

  /** Called when the signature, issuer and audience of a token are right. */
  validate(request: object): Eventual<Principal | undefined> {
    const sighting = this.sightings.get(request);
    if (!sighting) return undefined;
    const bearer = this.bearerOf(sighting.token);
    this.verified.remember(sighting.token, { header: sighting.header, key: sighting.key, bearer });
    return bearer();
  }

  private accept({ bearer }: VerifiedToken): Eventual<void> {
    return whenThere(bearer(), (principal) => {
      if (principal) this.success(principal);
      else this.fail(UNAUTHORIZED);
    });
  }

  private verify(request: AuthenticationRequest, options?: object): void {
    // passport-jwt was made for Express; of a request it only passes on what it is given.
    super.authenticate(request as never, options);
  }

  /** Who is asked for each request whom a verified token speaks for. */
  private bearerOf(token: string): VerifiedToken['bearer'] {
    const payload = Buffer.from(token.split('.')[1], 'base64url').toString('utf8');
    // Whatever a mapper of the application does to its claims, the next request has its own.
    if (!dependsOnClaimsAlone(this.mapper))
      return () => this.mapped(claimsInForce(JSON.parse(payload), now()));
    const claims = readClaims(payload);
    const principal = this.mapped(claims);
    return () => (claimsInForce(claims, now()) ? principal : undefined);
  }

  private mapped(claims: TokenClaims | undefined): Eventual<Principal | undefined> {
    return (
      claims &&
      whenThere(this.mapper.toPrincipal(claims), (candidate) => parsePrincipal(expiring(candidate, claims)))
    );
  }
}

/** Seconds since the epoch. */
function now(): number {
  return Date.now() / 1000;
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
