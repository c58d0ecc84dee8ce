import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { policyFiles } from './policy.template.js';

/** The command line is not understood, or would overwrite something. The message is one sentence. */
export class GenerateUsageError extends Error {
  override readonly name = 'GenerateUsageError';
}

const USAGE = 'npm run generate:policy -- threads create [--folder src/policies]';
const WORD = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;

/**
 * Writes a policy for one event and its spec.
 *
 * @param root the folder of the project, which has the sources in `src`
 * @returns the paths of the files, relative to it
 * @throws GenerateUsageError; then nothing was written
 * @example await generatePolicy(['threads', 'create'], process.cwd())
 */
export async function generatePolicy(argv: readonly string[], root: string): Promise<readonly string[]> {
  const { resource, action, folder } = parse(argv);
  const target = resolve(root, folder);
  const source = relative(target, join(root, 'src')).split(sep).join('/');
  const files = policyFiles({ resource, action, source });
  await mkdir(target, { recursive: true });
  for (const { name, text } of files) await writeNew(join(target, name), text);
  return files.map(({ name }) => relative(root, join(target, name)));
}

function parse(argv: readonly string[]) {
  const { positionals, values } = read(argv);
  const [resource = '', action = '', ...others] = positionals;
  if (!WORD.test(resource) || !WORD.test(action) || others.length > 0)
    throw new GenerateUsageError(`A resource and an action are needed, as in ${USAGE}.`);
  return { resource, action, folder: values.folder ?? 'src/policies' };
}

function read(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], allowPositionals: true, options: { folder: { type: 'string' } } });
  } catch {
    throw new GenerateUsageError(`The arguments are not understood: ${USAGE}.`);
  }
}

async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    throw new GenerateUsageError(`${path} is there already: remove it, or write to another --folder.`);
  }
}
