import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { World } from '../cases/world.js';
import { CONNECTIONS } from '../cases/world.js';
import { ECHO_RUN } from './echo.request.js';
import { call, textOf, type Call } from './http.client.js';

const THREADS = 200;
/** A server that is never idle has no time for what it puts off. */
const PAUSE_MS = 2;

/** What people do with a server, on every connection, until a moment. @returns how many requests were answered */
export async function mixedLoad(url: string, world: World, until: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  let answered = 0;
  const loop = async (connection: number): Promise<void> => {
    const calls = callsOf(world, connection);
    for (let turn = 0; performance.now() < until; turn += 1) {
      await textOf(await call(url, calls[turn % calls.length], agent));
      answered += 1;
      await sleep(PAUSE_MS);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, (_, connection) => loop(connection)));
  agent.destroy();
  return answered;
}

function callsOf(world: World, connection: number): readonly Call[] {
  return world.threadsOf(connection, THREADS).flatMap(({ id, authorization }, place): readonly Call[] => {
    const headers = { authorization };
    const path = `/threads/${id}`;
    return [
      { method: 'GET', path, headers },
      { method: 'POST', path: '/threads/search', headers, body: { limit: 10 } },
      { method: 'PATCH', path, headers, body: { metadata: { priority: place % 5 } } },
      { method: 'POST', path: '/threads', headers, body: { metadata: { title: 'Another one' } } },
      { method: 'POST', path: '/threads/count', headers, body: {} },
      { method: 'POST', path: '/runs/wait', headers, body: ECHO_RUN },
    ];
  });
}
