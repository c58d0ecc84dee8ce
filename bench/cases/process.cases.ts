import { Agent, type IncomingMessage } from 'node:http';
import { ECHO_RUN } from '../load/echo.request.js';
import { call, textOf } from '../load/http.client.js';
import { quantile, type Readings } from '../load/reading.js';
import type { ServerProcess } from '../servers/server.process.js';
import { serverOf, type BenchCase, type Side } from './case.js';

const OPEN_STREAMS = 1_000;
const OPENED_AT_ONCE = 50;
/** Longer than any benchmark: the runs never begin, and their streams stay open. */
const DELAY_SECONDS = 86_400;
const GETS_BESIDE = 200;

/** Cases about a process as a whole. */
export const processCases: readonly BenchCase[] = [
  {
    name: 'streams, 1000 open',
    arena: 'main',
    sides: ['service', 'peer'],
    metrics: [
      { key: 'opening', title: '1,000 streams opened', unit: 'ms', better: 'less' },
      { key: 'memory', title: 'memory of 1,000 streams', unit: 'MiB', better: 'less' },
      { key: 'get', title: 'get beside 1,000 streams', unit: 'ms', better: 'less' },
    ],
    measure: (side) => holdStreams(side),
  },
  {
    name: 'memory',
    arena: 'main',
    sides: ['service', 'peer'],
    metrics: [{ key: 'resident', title: 'resident memory, after the load', unit: 'MiB', better: 'less' }],
    measure: (side) => Promise.resolve({ resident: { value: side.process.residentMemory() } }),
  },
  {
    name: 'start-up',
    arena: 'main',
    sides: ['service', 'peer'],
    metrics: [{ key: 'took', title: 'start-up, empty database', unit: 'ms', better: 'less' }],
    measure: async ({ name, startUp }) => {
      if (!startUp) throw new TypeError(`${name} cannot be started again`);
      return { took: await startUp() };
    },
  },
];

/** Streams of runs that wait for their time: each an open connection, and a reader in the server. */
async function holdStreams(side: Side): Promise<Readings> {
  const server = serverOf(side);
  const agent = new Agent({ keepAlive: true, maxSockets: OPEN_STREAMS });
  const before = server.residentMemory();
  const start = performance.now();
  const open = await openAll(server, side, agent);
  const opening = performance.now() - start;
  const memory = server.residentMemory() - before;
  const gets = await getBeside(server, side);
  for (const response of open) response.destroy();
  agent.destroy();
  return {
    opening: { value: opening },
    memory: { value: memory },
    get: { value: quantile(gets, 0.5), p99: quantile(gets, 0.99) },
  };
}

async function openAll({ url }: ServerProcess, { world }: Side, agent: Agent): Promise<IncomingMessage[]> {
  const open: IncomingMessage[] = [];
  const { multitask_strategy: _, ...run } = ECHO_RUN;
  const body = { ...run, after_seconds: DELAY_SECONDS };
  while (open.length < OPEN_STREAMS) {
    const batch = Array.from({ length: OPENED_AT_ONCE }, (_, connection) =>
      call(
        url,
        {
          method: 'POST',
          path: '/runs/stream',
          headers: { authorization: world.authorization(connection) },
          body,
        },
        agent,
      ),
    );
    open.push(...(await Promise.all(batch)));
  }
  const refused = open.find(({ statusCode }) => statusCode !== 200);
  if (refused) throw new Error(`a stream was answered with ${refused.statusCode}`);
  for (const response of open) response.resume().on('error', () => undefined);
  return open;
}

async function getBeside({ url }: ServerProcess, { world }: Side): Promise<readonly number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const tookMs: number[] = [];
  const threads = world.threadsOf(0, GETS_BESIDE);
  for (let turn = 0; turn < GETS_BESIDE; turn += 1) {
    const { id, authorization } = threads[turn % threads.length];
    const start = performance.now();
    await textOf(
      await call(url, { method: 'GET', path: `/threads/${id}`, headers: { authorization } }, agent),
    );
    tookMs.push(performance.now() - start);
  }
  agent.destroy();
  return tookMs;
}
