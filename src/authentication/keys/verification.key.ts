import type { KeyObject } from 'node:crypto';
import type { JwtAlgorithm } from '../../configuration/configuration.js';

/** One key, with all that a token must say to be verified by it. */
export interface VerificationKey {
  /** The `kid` of a key in a set. A key without one, such as a configured one, serves tokens with any `kid`. */
  readonly id: string | undefined;
  /** Pinned by the type of the key, so a public key can never be taken for an HMAC secret. */
  readonly algorithms: readonly JwtAlgorithm[];
  /** Always an object: handed over as text, it would be parsed anew for each token, at many times the cost. */
  readonly key: KeyObject;
}

/** A key that must not verify anything. The message completes "the key ...". */
export class UnfitKeyError extends Error {
  override readonly name = 'UnfitKeyError';
}

const MIN_RSA_BITS = 2048;
const RSA: readonly JwtAlgorithm[] = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
const EC = new Map<string | undefined, readonly JwtAlgorithm[]>([
  ['prime256v1', ['ES256']],
  ['secp384r1', ['ES384']],
  ['secp521r1', ['ES512']],
]);

/**
 * The algorithms that a public key may verify (RFC 7518, section 3.1).
 *
 * @throws UnfitKeyError for other types, other curves and RSA keys under 2048 bits.
 */
export function algorithmsOf(key: KeyObject): readonly JwtAlgorithm[] {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa' && modulusLength !== undefined) {
    if (modulusLength >= MIN_RSA_BITS) return RSA;
    throw new UnfitKeyError(`has ${modulusLength} bits, but an RSA key must have at least ${MIN_RSA_BITS}`);
  }
  const algorithms = key.asymmetricKeyType === 'ec' ? EC.get(namedCurve) : undefined;
  if (algorithms) return algorithms;
  const found = [key.asymmetricKeyType, namedCurve].filter(Boolean).join(' ');
  throw new UnfitKeyError(`is of type ${found}, but must be RSA or EC on P-256, P-384 or P-521`);
}
