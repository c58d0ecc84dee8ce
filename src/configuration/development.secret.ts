import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { ConfigurationError } from './configuration.error.js';

const keptSecret = z.object({ secret: z.string().min(32) });

/**
 * A secret that stands in where none is configured. Made once per working directory and kept, so that what it signed outlives a
 * restart.
 *
 * @param file relative to the working directory, in a folder that git ignores
 * @throws ConfigurationError when the file is there but holds no secret
 */
export async function readDevelopmentSecret(file: string, make: () => string): Promise<string> {
  const text = (await readIfThere(file)) ?? (await create(file, make()));
  try {
    return keptSecret.parse(JSON.parse(text)).secret;
  } catch {
    throw new ConfigurationError(
      `${file} holds no development key; delete it, and the next start makes a new one.`,
    );
  }
}

/** Two processes may start together: the file appears whole or not at all, and the first one's secret holds for both. */
async function create(file: string, secret: string): Promise<string> {
  const draft = `${file}.${randomBytes(8).toString('hex')}`;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
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
