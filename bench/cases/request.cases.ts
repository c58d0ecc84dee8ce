import type { Request } from 'autocannon';
import { throughput } from '../load/throughput.js';
import { SEARCHED_TOPIC } from '../population/population.js';
import { serverOf, type BenchCase } from './case.js';
import { CONNECTIONS, World } from './world.js';

/** Different ones of a connection, before it asks for the same again. */
const THREADS = 200;
const CALLERS = 30;
const JSON_BODY = { 'content-type': 'application/json' };

interface Contest extends Pick<BenchCase, 'arena' | 'sides'> {
  /** Of the callers: what the policy with the wider searches goes by. */
  readonly permissions?: readonly string[];
}
const MAIN: Contest = { arena: 'main', sides: ['service', 'floor', 'peer'] };
const REACH: Contest = { arena: 'reach', sides: ['service, other policy', 'floor'] };
const FLATNESS: Contest = { arena: 'flatness', sides: ['service', 'smallest database'] };
const AUTHORIZATION: Contest = {
  arena: 'authorization',
  sides: ['service, sources', 'authentication alone', 'no authorization'],
};

/** Cases of one request after the other on each connection. */
export const requestCases: readonly BenchCase[] = [
  requestCase('ok', MAIN, (world, connection) => [
    { method: 'GET', path: '/ok', headers: { authorization: world.authorization(connection) } },
  ]),
  requestCase('get', MAIN, get),
  requestCase('create', MAIN, (world, connection) =>
    perCaller((turn) => post(world, connection, turn, '/threads', { metadata: NEW_METADATA })),
  ),
  requestCase('patch', MAIN, (world, connection) =>
    world.threadsOf(connection, THREADS).map(({ id, authorization }, place) => ({
      method: 'PATCH',
      path: `/threads/${id}`,
      headers: { authorization, ...JSON_BODY },
      body: JSON.stringify({ metadata: { title: `Renamed ${place}`, priority: place % 5 } }),
    })),
  ),
  requestCase('search', MAIN, search({})),
  requestCase('search, metadata', MAIN, search({ metadata: { topic: SEARCHED_TOPIC } })),
  requestCase('count', MAIN, (world, connection) =>
    perCaller((turn) => post(world, connection, turn, '/threads/count', {})),
  ),
  requestCase('search, $contains', { ...REACH, permissions: ['shared'] }, search({})),
  requestCase('search, $or', { ...REACH, permissions: ['team'] }, search({})),
  requestCase('get, sources', AUTHORIZATION, get),
  requestCase('get, largest', FLATNESS, get),
  requestCase('search, largest', FLATNESS, search({})),
];

const NEW_METADATA = {
  title: 'Conversation about travel',
  topic: 'travel',
  tags: ['customer', 'draft'],
  priority: 2,
  client: { app: 'portal', version: '4.2.0', locale: 'en-GB' },
};

type RequestsOf = (world: World, connection: number) => readonly Request[];

function requestCase(
  name: string,
  { arena, sides, permissions }: Contest,
  requestsOf: RequestsOf,
): BenchCase {
  return {
    name,
    arena,
    sides,
    metrics: [{ key: 'throughput', title: name, unit: '/s', better: 'more' }],
    async measure(side, seconds) {
      const world = permissions ? await World.of(side.world.population, permissions) : side.world;
      const requests = Array.from({ length: CONNECTIONS }, (_, connection) => requestsOf(world, connection));
      const load = {
        connections: CONNECTIONS,
        seconds,
        requestsOf: (connection: number) => requests[connection],
      };
      return { throughput: await throughput(serverOf(side), load) };
    },
  };
}

function get(world: World, connection: number): readonly Request[] {
  return world
    .threadsOf(connection, THREADS)
    .map(({ id, authorization }) => ({ method: 'GET', path: `/threads/${id}`, headers: { authorization } }));
}

function search(body: object): RequestsOf {
  return (world, connection) =>
    perCaller((turn) => post(world, connection, turn, '/threads/search', { limit: 10, ...body }));
}

function perCaller(request: (turn: number) => Request): readonly Request[] {
  return Array.from({ length: CALLERS }, (_, turn) => request(turn));
}

function post(world: World, connection: number, turn: number, path: string, body: object): Request {
  return {
    method: 'POST',
    path,
    headers: { authorization: world.authorization(connection, turn), ...JSON_BODY },
    body: JSON.stringify(body),
  };
}
