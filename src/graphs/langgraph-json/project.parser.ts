import { dirname, resolve } from 'node:path';
import { isObject, parseExport, type Json } from './export.parser.js';
import { ProjectError } from './project.error.js';
import type { Project, ProjectExport, Variables } from './project.js';
import { parseWebhooks } from './project-webhooks.parser.js';
import { parseSecurity } from './project-security.parser.js';
import { parseStore } from './project-store.parser.js';
import { unusedSettings } from './unused.settings.js';

/**
 * Reads the text of a `langgraph.json`. Looks at no other file.
 *
 * @param file as it was named, relative to the working directory
 * @throws ProjectError for what is not in the format; settings without an effect are only listed
 */
export function parseProject(file: string, text: string): Project {
  const json = parseJson(file, text);
  return {
    file,
    folder: dirname(resolve(file)),
    graphs: parseGraphs(file, json.graphs),
    env: parseEnv(file, json.env),
    auth: parseAuth(file, json.auth),
    security: isObject(json.auth) ? parseSecurity(file, json.auth.openapi) : undefined,
    webhooks: parseWebhooks(file, json),
    store: parseStore(file, json.store),
    unused: unusedSettings(json),
  };
}

function parseJson(file: string, text: string): Json {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // The parser's own words are not repeated: they quote the text, which may hold the values of `env`.
    throw new ProjectError(file, 'is not valid JSON; comments and trailing commas are not allowed.');
  }
  if (isObject(json)) return json;
  throw new ProjectError(
    file,
    'must hold a JSON object, such as { "graphs": { "agent": "./agent.ts:graph" } }.',
  );
}

function parseGraphs(file: string, graphs: unknown): ReadonlyMap<string, ProjectExport> {
  if (!isObject(graphs) || Object.keys(graphs).length === 0)
    throw new ProjectError(
      file,
      'graphs must name at least one graph, such as { "agent": "./agent.ts:graph" }.',
    );
  return new Map(
    Object.entries(graphs).map(([id, graph]) => [
      id,
      parseExport(file, `graphs.${id}`, isObject(graph) ? graph.path : graph),
    ]),
  );
}

function parseEnv(file: string, env: unknown): string | Variables {
  // A list only names variables that are expected to be set already.
  if (env === undefined || Array.isArray(env)) return {};
  if (typeof env === 'string' && env !== '') return env;
  if (!isObject(env)) throw new ProjectError(file, 'env must be the path of a file, or an object of texts.');
  const wrong = Object.keys(env).find((name) => typeof env[name] !== 'string');
  if (wrong !== undefined) throw new ProjectError(file, `env.${wrong} must be a text; put it in quotes.`);
  return env as Variables;
}

function parseAuth(file: string, auth: unknown): ProjectExport | undefined {
  if (auth === undefined) return undefined;
  if (isObject(auth) && auth.path !== undefined) return parseExport(file, 'auth.path', auth.path);
  throw new ProjectError(file, 'auth needs a path, such as { "path": "./auth.ts:auth" }.');
}
