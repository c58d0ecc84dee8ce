import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const LOAD = join(process.cwd(), 'test/langgraph-json/support/load-projects.mjs');

/** Files by their path. What is not a text is written as JSON. */
export type ProjectFiles = Readonly<Record<string, unknown>>;

/** What came of loading one project. */
export interface Outcome {
  readonly labels?: Readonly<Record<string, unknown>>;
  readonly auth?: unknown;
  readonly refused?: string;
  readonly sentence?: string;
}

/** Something that passes for a compiled graph, without LangGraph. */
export function graph(label: string): string {
  return `{ lg_is_pregel: true, stream() {}, label: ${label} }`;
}

/** The same in TypeScript that no JavaScript engine reads as it is. */
export function typedGraph(label: string): string {
  return `${graph(label)} satisfies { label: unknown }`;
}

/**
 * Writes files into a folder of their own and loads the projects of the `langgraph.json` files among them, one after the other. It
 * happens in a process of its own, as in the built server: Jest would import TypeScript in its own way. The process works in that
 * folder and has only the given environment.
 */
export async function loadProjects(
  files: ProjectFiles,
  names: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<readonly Outcome[]> {
  const folder = await mkdtemp(join(tmpdir(), 'onauth-project-'));
  try {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content));
    }
    const options = { cwd: folder, env: { PATH: process.env.PATH, ...environment } };
    const { stdout } = await promisify(execFile)(process.execPath, [LOAD, ...names], options);
    return JSON.parse(stdout.slice(stdout.lastIndexOf('\n'))) as Outcome[];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** One project, with `./langgraph.json`. */
export async function loadProject(
  files: ProjectFiles,
  environment?: Readonly<Record<string, string>>,
): Promise<Outcome> {
  const [outcome] = await loadProjects(files, ['./langgraph.json'], environment);
  return outcome;
}
