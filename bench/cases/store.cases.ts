import type { Request } from 'autocannon';
import { Agent } from 'node:http';
import { call } from '../load/http.client.js';
import { throughput } from '../load/throughput.js';
import { ownerName } from '../population/population.js';
import { serverOf, type BenchCase, type Side } from './case.js';
import { CONNECTIONS, type World } from './world.js';

/** Items of each caller, of whom there is one on each connection. */
const ITEMS = 50;
const JSON_BODY = { 'content-type': 'application/json' };

/** Cases of the store over HTTP: each caller has a namespace that begins with them. */
export const storeCases: readonly BenchCase[] = [
  storeCase('store put', put),
  storeCase('store get', (world, owner, item) => ({
    method: 'GET',
    path: `/store/items?namespace=${namespaceOf(owner).join('.')}&key=item-${item}`,
    headers: { authorization: world.authorization(owner) },
  })),
  storeCase('store search', (world, owner) => ({
    method: 'POST',
    path: '/store/items/search',
    headers: { authorization: world.authorization(owner), ...JSON_BODY },
    body: JSON.stringify({ namespace_prefix: namespaceOf(owner), limit: 10 }),
  })),
];

type RequestFor = (world: World, owner: number, item: number) => Request;

function storeCase(name: string, requestFor: RequestFor): BenchCase {
  return {
    name,
    arena: 'main',
    sides: ['service', 'peer'],
    metrics: [{ key: 'throughput', title: name, unit: '/s', better: 'more' }],
    async measure(side, seconds) {
      await putAll(side);
      const requestsOf = (connection: number) => requestsFor(side.world, connection, requestFor);
      const load = { connections: CONNECTIONS, seconds, requestsOf };
      return { throughput: await throughput(serverOf(side), load) };
    },
  };
}

function requestsFor(world: World, owner: number, requestFor: RequestFor): readonly Request[] {
  return Array.from({ length: ITEMS }, (_, item) => requestFor(world, owner, item));
}

/** What is asked for has to be there. */
async function putAll(side: Side): Promise<void> {
  const { url } = serverOf(side);
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const putItems = async (_: unknown, owner: number): Promise<void> => {
    for (let item = 0; item < ITEMS; item += 1) {
      const headers = { authorization: side.world.authorization(owner) };
      const answer = await call(
        url,
        { method: 'PUT', path: '/store/items', headers, body: itemOf(owner, item) },
        agent,
      );
      answer.resume();
      if (answer.statusCode !== 204) throw new Error(`a put was answered with ${answer.statusCode}`);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, putItems));
  agent.destroy();
}

function put(world: World, owner: number, item: number): Request {
  return {
    method: 'PUT',
    path: '/store/items',
    headers: { authorization: world.authorization(owner), ...JSON_BODY },
    body: JSON.stringify(itemOf(owner, item)),
  };
}

function itemOf(owner: number, item: number): object {
  const value = {
    text: `What ${ownerName(owner)} likes, part ${item}`,
    kind: 'preference',
    weight: item % 5,
  };
  return { namespace: namespaceOf(owner), key: `item-${item}`, value };
}

function namespaceOf(owner: number): readonly string[] {
  return [ownerName(owner), 'memories'];
}
