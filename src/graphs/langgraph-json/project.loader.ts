import { readFile } from 'node:fs/promises';
import { Logger } from '@nestjs/common';
import { InvalidGraphError } from '../graph.errors.js';
import type { GraphSources } from '../graph.js';
import { parseGraph } from '../graph.parser.js';
import type { StoreSettings } from '../store.settings.js';
import { describeFault } from './fault.description.js';
import { openTypeScript, type ModuleImporter } from './module.importer.js';
import { codeOf, currentEnvironment, environmentOf, extendEnvironment } from './project.environment.js';
import { ProjectError } from './project.error.js';
import type { ProjectSecurity } from './project-security.parser.js';
import type { Project, ProjectExport, ProjectWebhooks } from './project.js';
import { ProjectModules } from './project.modules.js';
import { resolveHeaders } from './project-webhooks.parser.js';
import { parseProject } from './project.parser.js';
import { loadStoreSettings } from './project-store.loader.js';

/** An existing LangGraph.js project, ready to be served. */
export interface LoadedProject {
  readonly graphs: GraphSources;
  /** What `auth.path` names. Absent where the project leaves authentication to the server. */
  readonly auth?: LoadedAuth;
  /** What the project says of webhooks, with the values of its headers. */
  readonly webhooks?: ProjectWebhooks;
  /** What `store` says, as far as it says it. */
  readonly store?: StoreSettings;
}

export interface LoadedAuth {
  /** Not looked at yet. */
  readonly value: unknown;
  /** Where it is from, such as `./src/auth.ts:auth`, for messages. */
  readonly source: string;
  /** How it is documented that callers prove who they are, where the project says so. */
  readonly security?: ProjectSecurity;
}

/**
 * Loads the project of a `langgraph.json`: sets its variables, then imports its graphs and its auth. Nothing of it is
 * trusted less than this server: it runs in the same process.
 *
 * @param file relative to the working directory
 * @param open makes the importer for the project's folder
 * @throws ProjectError with one sentence that names the file and the cure
 */
export async function loadProject(
  file: string,
  open: (folder: string) => Promise<ModuleImporter> = openTypeScript,
): Promise<LoadedProject> {
  const project = parseProject(file, await textOf(file));
  reportUnused(project);
  extendEnvironment(await environmentOf(project));
  const headers = resolveHeaders(file, project.webhooks, currentEnvironment());
  const modules = new ProjectModules(project, await importerFor(project, open));
  const auth = project.auth && { ...(await loadAuth(project.auth, modules)), security: project.security };
  const store = await loadStoreSettings(project, modules);
  const graphs = await loadGraphs(project, modules);
  return { graphs, ...(auth && { auth }), store, webhooks: { ...project.webhooks, headers } };
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new ProjectError(
      file,
      `cannot be read (${codeOf(error)}); LANGGRAPH_JSON names the langgraph.json of a project, relative to the working directory.`,
    );
  }
}

function reportUnused({ file, unused }: Project): void {
  const logger = new Logger('LangGraphProject');
  for (const { setting, reason, matters } of unused) {
    logger[matters ? 'warn' : 'debug'](`${file}: ${setting} has no effect here: ${reason}`);
  }
}

async function importerFor(
  { file, folder }: Project,
  open: (folder: string) => Promise<ModuleImporter>,
): Promise<ModuleImporter> {
  try {
    return await open(folder);
  } catch (error) {
    const reason = describeFault(error, folder);
    throw new ProjectError(file, `the tsconfig.json beside it cannot be used: ${reason}`, { cause: error });
  }
}

async function loadAuth(wanted: ProjectExport, modules: ProjectModules): Promise<LoadedAuth> {
  return { value: await modules.read(wanted), source: `${wanted.path}:${wanted.exportName}` };
}

/** One after another, so that of several faults always the same one is reported. */
async function loadGraphs(project: Project, modules: ProjectModules): Promise<GraphSources> {
  const graphs: [string, unknown][] = [];
  for (const [id, wanted] of project.graphs) {
    graphs.push([id, await loadGraph(project, id, wanted, modules)]);
  }
  return Object.fromEntries(graphs);
}

async function loadGraph(
  { file, folder }: Project,
  id: string,
  wanted: ProjectExport,
  modules: ProjectModules,
): Promise<unknown> {
  const graph = await modules.read(wanted);
  if (typeof graph === 'function') return graph;
  try {
    return parseGraph(id, graph);
  } catch (error) {
    const reason = error instanceof InvalidGraphError ? error.message : describeFault(error, folder);
    throw new ProjectError(file, `${wanted.setting} cannot be served from ${wanted.path}: ${reason}`, {
      cause: error,
    });
  }
}
