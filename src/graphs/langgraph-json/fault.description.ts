import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isNativeError } from 'node:util/types';

const FRAME = /^\s*at .*?\(?((?:file:)?\/[^()]*|[A-Za-z]:\\[^()]*):(\d+):(\d+)\)?$/;

/**
 * What a project's own code threw, on one line, with the place in the project where it happened.
 *
 * @example describeFault(error, '/srv/project') // 'TypeError: x is not a function (src/agent.ts:3:7)'
 */
export function describeFault(error: unknown, folder: string): string {
  // Not instanceof: what a project throws may come from another realm.
  if (!isNativeError(error)) return oneLine(String(error));
  const { name, message, stack = '' } = error;
  const place = placeIn(folder, stack);
  const text = oneLine(`${name}: ${message}`);
  return place === undefined ? text : `${text} (${place})`;
}

function placeIn(folder: string, stack: string): string | undefined {
  for (const line of stack.split('\n')) {
    const [, file, row, column] = FRAME.exec(line) ?? [];
    if (file === undefined) continue;
    const path = relative(folder, file.startsWith('file:') ? fileURLToPath(file) : file);
    const isOwn = !path.startsWith('..') && !path.split(sep).includes('node_modules');
    if (isOwn) return `${path}:${row}:${column}`;
  }
  return undefined;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
