import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import type { Target } from './secured.pair.js';

const CONNECTIONS = 10;
const autocannon = createRequire(import.meta.url).resolve('autocannon');
const run = promisify(execFile);

interface Result {
  readonly requests: { readonly total: number };
  readonly duration: number;
  readonly errors: number;
  readonly non2xx: number;
}

export interface Load {
  readonly requests: number;
  readonly perSecond: number;
}

/** Repeats a request on ten connections, from a process of its own, so that its processor time is not the server's. */
export async function put(target: Target, seconds: number): Promise<Load> {
  const { stdout } = await run(process.execPath, [
    autocannon,
    ...['--json', '--connections', String(CONNECTIONS), '--duration', String(seconds)],
    ...['--method', target.method, ...(target.body === undefined ? [] : ['--body', target.body])],
    ...Object.entries(target.headers).flatMap(([name, value]) => ['--headers', `${name}=${value}`]),
    target.url,
  ]);
  const { requests, duration, errors, non2xx } = JSON.parse(stdout) as Result;
  if (errors + non2xx > 0)
    throw new Error(`${target.url}: ${errors} errors, ${non2xx} answers other than 2xx`);
  return { requests: requests.total, perSecond: requests.total / duration };
}
