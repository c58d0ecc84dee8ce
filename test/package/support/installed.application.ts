import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const OWN_NAME = 'onauth-server';

const TSCONFIG = {
  compilerOptions: {
    module: 'nodenext',
    target: 'es2023',
    rootDir: 'source',
    outDir: 'dist',
    strict: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    skipLibCheck: true,
    types: ['node'],
  },
  include: ['source'],
};

/** An application in a folder of its own, with this package among its dependencies as it is published. */
export class InstalledApplication {
  private constructor(
    readonly folder: string,
    /** The files of the package, as they are packed. */
    readonly packed: readonly string[],
  ) {}

  /** @param source the folder of its code */
  static async of(source: string): Promise<InstalledApplication> {
    const folder = await mkdtemp(join(tmpdir(), 'onauth-package-'));
    const packed = await install(folder);
    await cp(source, join(folder, 'source'), { recursive: true });
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: basename(source), type: 'module' }));
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
    return new InstalledApplication(folder, packed);
  }

  /** @returns what the compiler has to say; nothing where all is well */
  async compile(): Promise<string> {
    const compiler = join(process.cwd(), 'node_modules/typescript/bin/tsc');
    try {
      await run(process.execPath, [compiler, '-p', this.folder]);
      return '';
    } catch (error) {
      return error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error);
    }
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}

/** What `npm install` does, without a network: the packed files are put in their place, beside the packages that are here already. */
async function install(folder: string): Promise<readonly string[]> {
  const modules = join(folder, 'node_modules');
  await mkdir(join(modules, OWN_NAME), { recursive: true });
  const here = join(process.cwd(), 'node_modules');
  for (const name of await readdir(here))
    if (!name.startsWith('.')) await symlink(join(here, name), join(modules, name));
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    env: { ...process.env, npm_config_loglevel: 'silent' },
  });
  const [{ filename, files }] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
  await run('tar', ['-xzf', join(folder, filename), '-C', join(modules, OWN_NAME), '--strip-components=1']);
  return files.map(({ path }) => path);
}
