import { readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { transform } from '@swc/core';

/**
 * Lets a child process run the project's TypeScript as Jest does: `node --import <this file> file.ts`. Nest needs to know the types
 * of constructor parameters, and not every compiler tells.
 */
if (isMainThread) register(import.meta.url);

/** Sources import each other by the names that they are compiled to. */
export async function resolve(specifier, context, next) {
  const isOurs = specifier.startsWith('.') && context.parentURL?.endsWith('.ts');
  if (!isOurs || !specifier.endsWith('.js')) return next(specifier, context);
  return next(`${specifier.slice(0, -'.js'.length)}.ts`, context);
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const filename = fileURLToPath(url);
  const { code } = await transform(await readFile(filename, 'utf8'), { filename, sourceMaps: 'inline' });
  return { format: 'module', source: code, shortCircuit: true };
}
