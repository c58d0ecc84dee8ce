import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { transform, type Options } from '@swc/core';

const run = promisify(execFile);

/** What a new user has in front of them: the examples and guides' tests of their own, and all else as it is here. */
export class Clone {
  private constructor(readonly folder: string) {}

  static async make(): Promise<Clone> {
    const folder = await mkdtemp(join(tmpdir(), 'onauth-guide-'));
    await cp('examples', join(folder, 'examples'), { recursive: true });
    await cp('test/guides', join(folder, 'test/guides'), { recursive: true });
    await cp('dist/examples', join(folder, 'dist/examples'), { recursive: true });
    for (const name of ['node_modules', 'package.json', 'dist/src'])
      await symlink(join(process.cwd(), name), join(folder, name));
    return new Clone(folder);
  }

  /** @returns what the commands print; they end with the first that fails */
  async run(commands: string, environment: Readonly<Record<string, string>> = {}): Promise<string> {
    const env = { PATH: process.env.PATH, HOME: this.folder, ...environment };
    return (await run('bash', ['-ec', commands], { cwd: this.folder, env })).stdout;
  }

  /** What `npm run build` makes of a folder that is new; the rest is built already. Types are checked where the folder comes from. */
  async build(source: string): Promise<void> {
    const options = JSON.parse(await readFile('.swcrc', 'utf8')) as Options;
    const target = join(this.folder, 'dist', source);
    await mkdir(target, { recursive: true });
    for (const name of await readdir(join(this.folder, source))) {
      const code = await readFile(join(this.folder, source, name), 'utf8');
      const built = await transform(code, { ...options, swcrc: false, filename: name, sourceMaps: false });
      await writeFile(join(target, name.replace(/\.ts$/, '.js')), built.code);
    }
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}
