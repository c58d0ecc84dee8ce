import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { extendEnvironment } from './project.environment.js';

/** The exports of a module, by name. */
export type ModuleExports = Readonly<Record<string, unknown>>;

/** Imports a module by its absolute path. */
export type ModuleImporter = (path: string) => Promise<ModuleExports>;

/**
 * Makes this process able to import TypeScript, as `node --import tsx` would in the project's folder: for `import` and
 * `require`, with the project's `tsconfig.json`. Modules resolve what they import from where they lie, and packages that they
 * share with this server are the same ones.
 *
 * @throws whatever `tsx` says of a broken `tsconfig.json`
 */
export async function openTypeScript(folder: string): Promise<ModuleImporter> {
  const tsconfig = join(folder, 'tsconfig.json');
  // Both halves of tsx look here; only one of them has an option for it.
  if (existsSync(tsconfig)) extendEnvironment({ TSX_TSCONFIG_PATH: tsconfig });
  const [forRequire, forImport] = await Promise.all([import('tsx/cjs/api'), import('tsx/esm/api')]);
  forRequire.register();
  forImport.register();
  return (path) => import(pathToFileURL(path).href) as Promise<ModuleExports>;
}
