import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import process from 'node:process';
import { parseEnv } from 'node:util';
import { ProjectError } from './project.error.js';
import type { Project, Variables } from './project.js';

/**
 * The variables of a project.
 *
 * @throws ProjectError where the file that it names cannot be read
 */
export async function environmentOf({ file, folder, env }: Project): Promise<Variables> {
  if (typeof env !== 'string') return env;
  try {
    return parseEnv(await readFile(resolve(folder, env), 'utf8')) as Variables;
  } catch (error) {
    throw new ProjectError(
      file,
      `env is ${env}, which cannot be read (${codeOf(error)}); create it, or take env away.`,
    );
  }
}

/**
 * Sets variables of this process, except those that are set. The code of a project looks for its variables in `process.env`
 * and nowhere else, so here, and only here, the server writes to it.
 */
export function extendEnvironment(variables: Variables): void {
  const { env } = process;
  for (const [name, text] of Object.entries(variables)) {
    if (!Object.hasOwn(env, name)) env[name] = text;
  }
}

/** The variables of this process, those of the project among them once it is loaded. */
export function currentEnvironment(): Partial<Variables> {
  const { env } = process;
  return env;
}

/** The code of an error of the file system, such as `ENOENT`. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
