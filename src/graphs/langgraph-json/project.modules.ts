import { existsSync } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';
import { Logger } from '@nestjs/common';
import { describeFault } from './fault.description.js';
import type { ModuleExports, ModuleImporter } from './module.importer.js';
import { ProjectError } from './project.error.js';
import type { Project, ProjectExport } from './project.js';

/** The modules of a project: finds what a setting names, or says why it cannot. */
export class ProjectModules {
  private readonly logger = new Logger('LangGraphProject');

  constructor(
    private readonly project: Project,
    private readonly importModule: ModuleImporter,
  ) {}

  /**
   * The value of an export. Where that is a promise, what it is of.
   *
   * @throws ProjectError when there is no such file or export, or the project's own code fails
   */
  async read(wanted: ProjectExport): Promise<unknown> {
    const location = this.locate(wanted);
    const exports = namesOf(await this.attempt(wanted, () => this.importModule(location)));
    if (Object.hasOwn(exports, wanted.exportName))
      return this.attempt(wanted, () => exports[wanted.exportName]);
    const known = Object.keys(exports).join(', ') || 'nothing';
    throw this.fault(
      `${wanted.setting} names the export "${wanted.exportName}" of ${wanted.path}, which exports ${known}; name one that is there.`,
    );
  }

  private locate({ setting, path }: ProjectExport): string {
    const { folder, file } = this.project;
    const location = resolve(folder, path);
    if (!existsSync(location))
      throw this.fault(
        `${setting} is ${path}, which does not exist; paths start at the folder of this file.`,
      );
    if (isOutside(folder, location))
      this.logger.warn(`${file}: ${setting} is outside of the project: ${path}`);
    return location;
  }

  private async attempt<T>({ setting, path }: ProjectExport, work: () => T): Promise<Awaited<T>> {
    try {
      return await work();
    } catch (error) {
      const reason = describeFault(error, this.project.folder);
      throw this.fault(`${setting} could not be loaded from ${path}: ${reason}`, error);
    }
  }

  private fault(sentence: string, cause?: unknown): ProjectError {
    return new ProjectError(this.project.file, sentence, { cause });
  }
}

/** A CommonJS module that was compiled from ES syntax arrives whole, as the default export. */
function namesOf(module: ModuleExports): ModuleExports {
  const { default: whole } = module;
  return isCompiled(whole) ? whole : module;
}

function isCompiled(whole: unknown): whole is ModuleExports {
  return typeof whole === 'object' && whole !== null && '__esModule' in whole;
}

function isOutside(folder: string, location: string): boolean {
  const path = relative(folder, location);
  return path.startsWith('..') || isAbsolute(path);
}
