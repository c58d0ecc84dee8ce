import { randomBytes } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SignJWT } from 'jose';
import type { AppOptions } from '../../src/app.module.js';
import { createServer } from '../../src/server.js';
import { startClusteredServer } from './cluster/clustered.server.js';
import { IS_CLUSTER } from './cluster/cluster.mode.js';
import { rowSecurityIn } from './databases.js';

/** A running application and what a test needs to talk to it. */
export interface TestApplication {
  /** What answers at the URL; of a cluster one more process on the same database, which nobody sends requests to. */
  readonly app: NestFastifyApplication;
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  /** A token that the application accepts. */
  readonly token: (identity: string, claims?: TokenOptions) => Promise<string>;
  /** A request as somebody; a body that is not a string is sent as JSON. */
  readonly as: (identity: string, claims?: TokenOptions) => Promise<Caller>;
  readonly stop: () => Promise<void>;
}

export interface TokenOptions {
  readonly permissions?: readonly string[];
  readonly expiresIn?: number;
  readonly [claim: string]: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; undefined where there is none, or it is not JSON. */
  readonly body: unknown;
}

export type Caller = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answer>;

/** What is reached in different ways, depending on how the specs run. */
export type StartedServer = Pick<TestApplication, 'app' | 'url' | 'stop'>;

/**
 * Starts the whole application on a free port of the loopback interface; or where the specs run against a cluster, four processes
 * behind one address.
 *
 * @param options.databaseUrl for example from `test/support/databases.ts`; in memory unless given
 */
export async function startApplication({
  databaseUrl,
  environment = {},
  ...options
}: AppOptions & { databaseUrl?: string } = {}): Promise<TestApplication> {
  const secret = randomBytes(32).toString('base64url');
  const server = await startServer({
    ...options,
    environment: {
      NODE_ENV: 'test',
      LOG_LEVEL: 'silent',
      ...(databaseUrl && { DATABASE_URL: databaseUrl, ...rowSecurityIn(databaseUrl) }),
      AUTH_JWT_SECRET: secret,
      ...environment,
    },
  });
  const { url } = server;
  const token = (identity: string, { expiresIn = 3600, ...claims }: TokenOptions = {}) =>
    new SignJWT({ permissions: [], ...claims })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(identity)
      .setIssuedAt()
      .setExpirationTime(Math.floor(Date.now() / 1000) + expiresIn)
      .sign(Buffer.from(secret));
  const as = async (identity: string, claims?: TokenOptions) => callerOf(url, await token(identity, claims));
  return { ...server, token, as };
}

async function startServer({ environment, ...options }: AppOptions): Promise<StartedServer> {
  if (IS_CLUSTER) return startClusteredServer({ ...options, environment });
  const app = await createServer({
    ...options,
    environment: { DATABASE_URL: 'sqlite::memory:', ...environment },
  });
  await app.listen(0, '127.0.0.1');
  return { app, url: (await app.getUrl()).replace('[::1]', '127.0.0.1'), stop: () => app.close() };
}

/** Sends requests with a token, or without one. */
export function callerOf(url: string, token?: string): Caller {
  return async (method, path, body, headers = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parsed(text) };
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
