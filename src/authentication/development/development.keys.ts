import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { ConfigurationError } from '../../configuration/configuration.error.js';
import { parseSecret } from '../keys/secret.parser.js';
import type { VerificationKey } from '../keys/verification.key.js';

/** Relative to the working directory, in a folder that git ignores. */
export const DEVELOPMENT_KEYS_FILE = '.onauth/development.json';

const developmentKeys = z.object({ secret: z.string().min(32) });

/**
 * The key that stands in where none is configured. Made once per working directory and kept, so that tokens outlive a restart.
 *
 * @throws ConfigurationError when the file is there but holds no key.
 */
export async function readDevelopmentKey(file = DEVELOPMENT_KEYS_FILE): Promise<VerificationKey> {
  const text = (await readIfThere(file)) ?? (await create(file));
  try {
    return parseSecret(developmentKeys.parse(JSON.parse(text)).secret);
  } catch {
    throw new ConfigurationError(
      `${file} holds no development key; delete it, and the next start makes a new one.`,
    );
  }
}

/** Two processes may start together: the file appears whole or not at all, and the first one's key holds for both. */
async function create(file: string): Promise<string> {
  const draft = `${file}.${randomBytes(8).toString('hex')}`;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const secret = randomBytes(32).toString('base64url');
  await writeFile(draft, `${JSON.stringify({ secret }, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, file);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await unlink(draft);
  }
  return readFile(file, 'utf8');
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
