import { ProjectError } from './project.error.js';
import type { ProjectExport } from './project.js';

export type Json = Readonly<Record<string, unknown>>;

/** `./agent.ts:graph`. The colon of a Windows drive is followed by a slash and so begins no name. */
const EXPORT = /^(.+?)(?::([^:/\\]+))?$/;
const LOADABLE = ['.ts', '.mts', '.cts', '.tsx', '.js', '.mjs', '.cjs', '.jsx'];

/** @throws ProjectError for what does not name an export of a file that can be loaded */
export function parseExport(file: string, setting: string, reference: unknown): ProjectExport {
  const [, path, exportName = 'default'] = EXPORT.exec(typeof reference === 'string' ? reference : '') ?? [];
  if (path === undefined)
    throw new ProjectError(
      file,
      `${setting} must be "path:export", such as "./agent.ts:graph", or an object with such a path.`,
    );
  if (!LOADABLE.some((extension) => path.endsWith(extension)))
    throw new ProjectError(
      file,
      `${setting} is ${path}, but only ${LOADABLE.join(', ')} files can be served.`,
    );
  return { setting, path, exportName };
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
