import { Injectable } from '@nestjs/common';
import type { TokenClaims } from './token.claims.js';

/** What becomes a principal: `identity` and `permissions` are checked afterwards, so they may be anything here. */
export interface PrincipalCandidate {
  readonly identity: unknown;
  readonly permissions?: unknown;
  readonly display_name?: unknown;
  readonly [claim: string]: unknown;
}

/**
 * Says who a verified token speaks for. Replaced with `AuthenticationModule.forRoot({ claimsMapper })`.
 *
 * @example
 * class EmailClaimsMapper extends ClaimsMapper {
 *   toPrincipal({ email, roles }: TokenClaims) {
 *     return { identity: email, permissions: roles };
 *   }
 * }
 */
export abstract class ClaimsMapper {
  /** `undefined` refuses the token (401). A thrown error is a fault of the mapper (500). */
  abstract toPrincipal(
    claims: TokenClaims,
  ): PrincipalCandidate | undefined | Promise<PrincipalCandidate | undefined>;
}

/**
 * `sub` is the identity, `name` the display name. Permissions come from `permissions`, a list or a text with spaces
 * between, or else from `scope` (RFC 8693, section 4.2). Other claims are kept, and none can take the place of these.
 */
@Injectable()
export class StandardClaimsMapper extends ClaimsMapper {
  override toPrincipal(claims: TokenClaims): PrincipalCandidate {
    const { sub, name, permissions, scope } = claims;
    return {
      ...withoutPrototype(claims),
      identity: sub,
      display_name: typeof name === 'string' ? name : sub,
      is_authenticated: true,
      permissions: toPermissions(permissions ?? scope ?? []),
    };
  }
}

/** Whether the claims alone say who a token speaks for. A mapper of the application may ask anything, and is asked each time. */
export function dependsOnClaimsAlone(mapper: ClaimsMapper): boolean {
  return mapper.constructor === StandardClaimsMapper;
}

/** An own member `__proto__` would turn into a prototype wherever the principal is copied by assignment. */
function withoutPrototype(claims: TokenClaims): TokenClaims {
  if (!Object.hasOwn(claims, '__proto__')) return claims;
  return Object.fromEntries(Object.entries(claims).filter(([name]) => name !== '__proto__'));
}

function toPermissions(claim: unknown): unknown {
  return typeof claim === 'string' ? claim.split(' ').filter((permission) => permission !== '') : claim;
}
