/** The claims of a verified token, as the issuer wrote them. */
export type TokenClaims = Readonly<Record<string, unknown>>;

export const CLOCK_TOLERANCE_S = 5;

/**
 * Checks what the signature does not prove: that the token is in force now. `exp` is required; dates are finite numbers
 * (1e400 is valid JSON, and no date); a token from the future has a wrong clock behind it, or worse.
 *
 * @param now seconds since the epoch
 * @returns undefined for a token that is not in force
 */
export function claimsInForce(payload: unknown, now: number): TokenClaims | undefined {
  if (!isObject(payload)) return undefined;
  const { exp, nbf = 0, iat = 0 } = payload;
  if (!isDate(exp) || !isDate(nbf) || !isDate(iat)) return undefined;
  const isInForce =
    exp + CLOCK_TOLERANCE_S > now && nbf - CLOCK_TOLERANCE_S <= now && iat - CLOCK_TOLERANCE_S <= now;
  return isInForce ? payload : undefined;
}

/**
 * Reads the claims of a token that is verified, and so an object. They are frozen through and through: requests that share them
 * cannot change them for each other.
 */
export function readClaims(payload: string): TokenClaims {
  return frozen(JSON.parse(payload)) as TokenClaims;
}

function frozen(json: unknown): unknown {
  if (typeof json !== 'object' || json === null) return json;
  for (const member of Object.values(json)) frozen(member);
  return Object.freeze(json);
}

function isDate(value: unknown): value is number {
  return Number.isFinite(value);
}

function isObject(value: unknown): value is TokenClaims {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
