import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BareGraph } from './bare.graph.js';
import { freePort } from './free.port.js';
import { ServerProcess, type ProcessOptions } from './server.process.js';
import { JWT_SECRET, authorizationOf } from './tokens.js';

export type StartedServer = Awaited<ReturnType<typeof ServerProcess.start>>;

const LOADER = pathToFileURL(resolve('test/runs/engine/support/typescript.loader.mjs')).href;
const PEER = resolve('bench/peer');

/**
 * The built service, as `npm start` runs it.
 *
 * @param environment settings beside those that every benchmark has
 */
export async function startService(
  databaseUrl: string,
  folder: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<StartedServer> {
  const port = await freePort();
  const options = built(databaseUrl, folder, port);
  return ServerProcess.start(port, { ...options, env: { ...options.env, ...environment } });
}

/** The same, for a `Probe`: with a channel, and these options of Node. */
export async function startProbedService(
  databaseUrl: string,
  folder: string,
  nodeOptions: readonly string[],
): Promise<StartedServer> {
  const port = await freePort();
  const options = built(databaseUrl, folder, port);
  const stdio: ProcessOptions['stdio'] = ['ignore', 'pipe', 'pipe', 'ipc'];
  return ServerProcess.start(port, { ...options, args: [...nodeOptions, ...options.args], stdio });
}

/** A server of this folder, by the name of its file: from sources, with the settings of the service. */
export async function startFromSources(
  name: 'filters' | 'service' | 'unauthorized',
  databaseUrl: string,
  ...options: readonly string[]
): Promise<StartedServer> {
  const port = await freePort();
  const env = { ...settings(databaseUrl), SCOPE_KEYS: 'owner,team' };
  return ServerProcess.start(port, sources(`${name}.server.ts`, [String(port), ...options], env));
}

/** The service from its sources, which takes orders over a channel, and collects garbage when it is asked to. */
export async function startRevocable(databaseUrl: string): Promise<StartedServer> {
  const port = await freePort();
  const { args, ...options } = sources('revocable.server.ts', [String(port)], settings(databaseUrl));
  const stdio: ProcessOptions['stdio'] = ['ignore', 'pipe', 'pipe', 'ipc'];
  return ServerProcess.start(port, { ...options, args: ['--expose-gc', ...args], stdio });
}

export async function startFloor(databaseUrl: string): Promise<StartedServer> {
  const port = await freePort();
  return ServerProcess.start(
    port,
    sources('floor.server.ts', [String(port), databaseUrl], {
      AUTH_JWT_SECRET: JWT_SECRET,
      NODE_ENV: 'production',
    }),
  );
}

/** @param folder holds what the peer keeps between its starts */
export async function startPeer(folder: string): Promise<StartedServer> {
  const port = await freePort();
  const options = {
    args: [join(PEER, 'server.mjs'), String(port), folder],
    cwd: PEER,
    env: { AUTH_JWT_SECRET: JWT_SECRET, NODE_ENV: 'production', LOG_LEVEL: 'error' },
  };
  return ServerProcess.start(port, options, { authorization: await authorizationOf(0) });
}

export function startBareGraph(databaseUrl: string): Promise<BareGraph> {
  return BareGraph.start(sources('bare-graph.process.ts', [], settings(databaseUrl)));
}

function built(databaseUrl: string, cwd: string, port: number): ProcessOptions {
  const env = { ...settings(databaseUrl), PORT: String(port) };
  return { args: [resolve('dist/src/startup/start.cjs')], cwd, env };
}

function settings(databaseUrl: string): Record<string, string> {
  return {
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    DATABASE_URL: databaseUrl,
    AUTH_JWT_SECRET: JWT_SECRET,
    LOG_LEVEL: 'error',
  };
}

function sources(file: string, args: readonly string[], env: Record<string, string>): ProcessOptions {
  return {
    args: ['--import', LOADER, resolve('bench/servers', file), ...args],
    cwd: resolve('.'),
    env,
  };
}
