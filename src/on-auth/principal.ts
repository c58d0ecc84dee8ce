import { isStorable } from './storable.js';

/**
 * Who is calling, as proved by an authentication strategy. Handlers see it as `user`, the word of the LangGraph SDK.
 * Further claims of the token are kept under their own names.
 */
export interface Principal {
  /** What identifies the caller: 1 to 512 characters, compared code point by code point. */
  readonly identity: string;
  readonly display_name: string;
  readonly is_authenticated: boolean;
  readonly permissions: readonly string[];
  /**
   * Until when the proof holds, in seconds since the epoch, as in a JSON Web Token; a number, or it says nothing. Streams that the
   * caller holds open end then.
   */
  readonly exp?: unknown;
  readonly [claim: string]: unknown;
}

/** What `parsePrincipal` made: a strategy may have asked it already. */
const principals = new WeakSet<object>();
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f-\u009f]/u;
export const MAX_IDENTITY_LENGTH = 512;

/**
 * Turns what a strategy returned into a frozen principal, or `undefined` when it is not one. Anything doubtful is not a principal.
 *
 * @example parsePrincipal({ identity: 'alice' })?.permissions // []
 */
export function parsePrincipal(candidate: unknown): Principal | undefined {
  if (typeof candidate === 'string') return parsePrincipal({ identity: candidate });
  if (typeof candidate !== 'object' || candidate === null || Array.isArray(candidate)) return undefined;
  if (principals.has(candidate)) return candidate as Principal;
  const claims = candidate as Record<string, unknown>;
  // It is stored with the runs that it creates.
  if (!isStorable(claims)) return undefined;
  const {
    identity,
    permissions = [],
    display_name: displayName = identity,
    is_authenticated: proved = true,
  } = claims;
  if (!isIdentity(identity) || proved !== true || typeof displayName !== 'string') return undefined;
  if (!Array.isArray(permissions) || !permissions.every((entry) => typeof entry === 'string'))
    return undefined;
  const principal = Object.freeze({
    ...claims,
    identity,
    display_name: displayName,
    is_authenticated: true,
    permissions: Object.freeze([...permissions]),
  });
  principals.add(principal);
  return principal;
}

/** When the proof of a principal stops to hold, in milliseconds since the epoch; undefined where it does not say. */
export function expiryOf({ exp }: Principal): number | undefined {
  return typeof exp === 'number' && Number.isFinite(exp) ? exp * 1000 : undefined;
}

/** 1 to 512 characters, none of them a control character or half a surrogate pair. Compared as it is: `alice ` is not `alice`. */
export function isIdentity(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length > 0 &&
    value.length <= MAX_IDENTITY_LENGTH &&
    value.isWellFormed() &&
    !CONTROL_CHARACTER.test(value)
  );
}
