import { randomBytes } from 'node:crypto';
import { ConfigurationError } from '../../configuration/configuration.error.js';
import { readDevelopmentSecret } from '../../configuration/development.secret.js';
import { parseSecret } from '../keys/secret.parser.js';
import type { VerificationKey } from '../keys/verification.key.js';

/** Relative to the working directory, in a folder that git ignores. */
export const DEVELOPMENT_KEYS_FILE = '.onauth/development.json';

/**
 * The key that stands in where none is configured. Made once per working directory and kept, so that tokens outlive a restart.
 *
 * @throws ConfigurationError when the file is there but holds no key.
 */
export async function readDevelopmentKey(file = DEVELOPMENT_KEYS_FILE): Promise<VerificationKey> {
  const secret = await readDevelopmentSecret(file, () => randomBytes(32).toString('base64url'));
  try {
    return parseSecret(secret);
  } catch {
    throw new ConfigurationError(
      `${file} holds no development key; delete it, and the next start makes a new one.`,
    );
  }
}
