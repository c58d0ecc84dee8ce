import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ConfigurationError } from '../configuration/configuration.error.js';
import { isIdentity, parsePrincipal, type Principal } from '../on-auth/principal.js';

/** A key is known by its digest only: who reads the configuration cannot call with it. */
export interface ApiKey {
  readonly digest: Buffer;
  readonly principal: Principal;
}

const DIGEST_OF_NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const apiKey = z.strictObject({
  identity: z.string().refine(isIdentity, 'must be 1 to 512 characters, none of them a control character'),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 digest of 64 lower-case hexadecimal digits')
    .refine((digest) => digest !== DIGEST_OF_NOTHING, 'is the digest of an empty key'),
  permissions: z.array(z.string()).default([]),
  display_name: z.string().optional(),
});

const apiKeys = z
  .array(apiKey)
  .min(1)
  .max(1000)
  .refine(
    (keys) => new Set(keys.map((key) => key.sha256)).size === keys.length,
    'must not hold one key twice',
  );

/**
 * Reads `AUTH_API_KEYS`: a JSON list, or the path of a file that holds one.
 *
 * @throws ConfigurationError for a file that cannot be read and whatever is not such a list.
 * @example parseApiKeys('[{ "identity": "ci", "sha256": "9f86d0...", "permissions": ["threads:read"] }]')
 */
export function parseApiKeys(source: string): readonly ApiKey[] {
  const parsed = apiKeys.safeParse(parseJson(source.trimStart().startsWith('[') ? source : readList(source)));
  if (!parsed.success) throw refusal(describe(parsed.error.issues[0]));
  return parsed.data.map(({ sha256, ...candidate }) => {
    const principal = parsePrincipal(candidate);
    if (!principal) throw refusal('holds an entry that names nobody');
    return { digest: Buffer.from(sha256, 'hex'), principal };
  });
}

function readList(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw refusal('is neither a JSON list nor the path of a file that can be read');
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refusal('holds invalid JSON, but must hold a list of objects with identity and sha256');
  }
}

function describe({ path, message }: z.core.$ZodIssue): string {
  return path.length === 0 ? `is wrong: ${message}` : `is wrong at ${path.join('.')}: ${message}`;
}

function refusal(complaint: string): ConfigurationError {
  return new ConfigurationError(`AUTH_API_KEYS ${complaint}.`);
}
