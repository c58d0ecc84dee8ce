import { createPublicKey } from 'node:crypto';
import { z } from 'zod';
import { algorithmsOf, type VerificationKey } from './verification.key.js';

const MAX_KEYS = 100;

const publicJwk = z.looseObject({
  kty: z.enum(['RSA', 'EC']),
  kid: z.string().max(256).optional(),
  alg: z.string().optional(),
  use: z.literal('sig').optional(),
  key_ops: z
    .array(z.string())
    .refine((operations) => operations.includes('verify'))
    .optional(),
  /** Private keys have it. A published private key verifies nothing any more. */
  d: z.undefined().optional(),
});

const keySet = z.object({ keys: z.array(z.unknown()).max(MAX_KEYS) });

/** What an endpoint answered is no usable key set. */
export class InvalidKeySetError extends Error {
  override readonly name = 'InvalidKeySetError';
}

/**
 * The keys of a JSON Web Key Set (RFC 7517) that may verify tokens. Keys for other purposes are passed over, as section 5
 * of the RFC wants it; so are unfit ones.
 *
 * @throws InvalidKeySetError for what is no key set, or one with more than 100 keys.
 */
export function parseKeySet(json: unknown): readonly VerificationKey[] {
  const parsed = keySet.safeParse(json);
  if (!parsed.success) throw new InvalidKeySetError(`it is not a key set with at most ${MAX_KEYS} keys`);
  return parsed.data.keys.flatMap(parseKey);
}

function parseKey(json: unknown): readonly VerificationKey[] {
  const jwk = publicJwk.safeParse(json);
  if (!jwk.success) return [];
  try {
    const key = createPublicKey({ key: jwk.data, format: 'jwk' });
    const algorithms = algorithmsOf(key).filter((name) => name === (jwk.data.alg ?? name));
    return [{ id: jwk.data.kid, algorithms, key }];
  } catch {
    // Numbers that make no key, or an unfit one.
    return [];
  }
}
