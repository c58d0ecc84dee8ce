import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

interface Lockfile {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly devOptional?: boolean }>>;
}

/**
 * The files that the image ends up with, in a folder far from the project: what was built, and of the packages those that are
 * not for development alone, as `npm ci --omit=dev` installs them.
 */
export class ImageTree {
  readonly folder = mkdtempSync(join(tmpdir(), 'onauth-image-'));

  constructor(project: string) {
    cpSync(join(project, 'package.json'), join(this.folder, 'package.json'));
    cpSync(join(project, 'dist'), join(this.folder, 'dist'), { recursive: true });
    for (const path of productionPackages(project)) this.link(join(project, path), join(this.folder, path));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Hard links where the file system allows it: hundreds of megabytes need not be copied. */
  private link(source: string, target: string): void {
    mkdirSync(dirname(target), { recursive: true });
    const copy = (how: string) => execFileSync('cp', [how, '-T', source, target], { stdio: 'ignore' });
    try {
      copy('-al');
    } catch {
      copy('-a');
    }
  }
}

/** Folders right below node_modules: those within them come along. */
function productionPackages(project: string): readonly string[] {
  const { packages } = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8')) as Lockfile;
  return (
    Object.entries(packages)
      .filter(
        ([path, { dev, devOptional }]) => path.lastIndexOf('node_modules/') === 0 && !dev && !devOptional,
      )
      .map(([path]) => path)
      // Those of other platforms are in the lockfile only.
      .filter((path) => existsSync(join(project, path)))
  );
}
