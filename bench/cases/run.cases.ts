import { Agent } from 'node:http';
import { ECHO_RUN } from '../load/echo.request.js';
import { quantile, type Reading, type Readings } from '../load/reading.js';
import { stream } from '../load/stream.js';
import { throughput, WARM_UP_SECONDS } from '../load/throughput.js';
import type { BareGraph } from '../servers/bare.graph.js';
import { serverOf, type BenchCase, type Side, type SideName } from './case.js';
import { CONNECTIONS, type OwnedThread } from './world.js';

const THREADS = 200;
const STREAM_WARM_UP_SECONDS = 0.5;
const SIDES: readonly SideName[] = ['service', 'bare graph', 'peer'];

/** Cases of runs of the echo graph. */
export const runCases: readonly BenchCase[] = [
  {
    name: 'wait',
    arena: 'main',
    sides: SIDES,
    metrics: [{ key: 'throughput', title: 'runs/wait, stateful', unit: '/s', better: 'more' }],
    measure: (side, seconds) =>
      'work' in side.process ? waitBare(side, side.process, seconds) : wait(side, seconds),
  },
  {
    name: 'wait, stateless',
    arena: 'main',
    sides: ['service', 'peer'],
    metrics: [{ key: 'throughput', title: 'runs/wait, stateless', unit: '/s', better: 'more' }],
    measure: (side, seconds) => waitStateless(side, seconds),
  },
  {
    name: 'wait, idle',
    arena: 'main',
    sides: SIDES,
    metrics: [{ key: 'took', title: 'runs/wait, one at a time', unit: 'ms', better: 'less' }],
    measure: (side, seconds) =>
      'work' in side.process ? oneByOneBare(side, side.process, seconds) : oneByOne(side, seconds),
  },
  {
    name: 'stream, idle',
    arena: 'main',
    sides: SIDES,
    metrics: [
      { key: 'first', title: 'first event, 1 stream', unit: 'ms', better: 'less' },
      { key: 'end', title: 'end of stream, 1 stream', unit: 'ms', better: 'less' },
    ],
    measure: (side, seconds) =>
      'work' in side.process ? oneByOneBare(side, side.process, seconds) : streams(side, seconds, 1),
  },
  {
    name: 'stream, 32',
    arena: 'main',
    sides: ['service', 'peer'],
    metrics: [
      { key: 'first', title: 'first event, 32 streams', unit: 'ms', better: 'less' },
      { key: 'end', title: 'end of stream, 32 streams', unit: 'ms', better: 'less' },
    ],
    measure: (side, seconds) => streams(side, seconds, CONNECTIONS),
  },
];

async function wait(side: Side, seconds: number): Promise<Readings> {
  const requestsOf = (connection: number) =>
    side.world.threadsOf(connection, THREADS).map(({ id, authorization }) => ({
      method: 'POST' as const,
      path: `/threads/${id}/runs/wait`,
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(ECHO_RUN),
    }));
  return { throughput: await throughput(serverOf(side), { connections: CONNECTIONS, seconds, requestsOf }) };
}

async function waitStateless(side: Side, seconds: number): Promise<Readings> {
  const requestsOf = (connection: number) => [
    {
      method: 'POST' as const,
      path: '/runs/wait',
      headers: { authorization: side.world.authorization(connection), 'content-type': 'application/json' },
      body: JSON.stringify(ECHO_RUN),
    },
  ];
  return { throughput: await throughput(serverOf(side), { connections: CONNECTIONS, seconds, requestsOf }) };
}

async function waitBare(side: Side, graph: BareGraph, seconds: number): Promise<Readings> {
  const threads = Array.from({ length: CONNECTIONS }, (_, connection) =>
    side.world.threadsOf(connection, THREADS),
  ).flat();
  await graph.work({ threads, concurrency: CONNECTIONS, seconds: WARM_UP_SECONDS });
  const cpu = graph.cpuMicros();
  const start = performance.now();
  const { tookMs } = await graph.work({ threads, concurrency: CONNECTIONS, seconds });
  const tookSeconds = (performance.now() - start) / 1_000;
  const reading: Reading = {
    value: tookMs.length / tookSeconds,
    p50: quantile(tookMs, 0.5),
    p99: quantile(tookMs, 0.99),
    cpuMicros: (graph.cpuMicros() - cpu) / tookMs.length,
  };
  return { throughput: reading };
}

/** The peer takes about a tenth of a second for each: the first ones of a connection count too, or there are too few. */
async function oneByOne(side: Side, seconds: number): Promise<Readings> {
  const { ends } = await streamLoops(side, seconds, 1, 'wait');
  return { took: { value: quantile(ends, 0.5), p99: quantile(ends, 0.99) } };
}

async function oneByOneBare(side: Side, graph: BareGraph, seconds: number): Promise<Readings> {
  const threads = side.world.threadsOf(0, THREADS);
  const { tookMs } = await graph.work({ threads, concurrency: 1, seconds });
  const reading = { value: quantile(tookMs, 0.5), p99: quantile(tookMs, 0.99) };
  return { took: reading, end: reading };
}

async function streams(side: Side, seconds: number, concurrency: number): Promise<Readings> {
  await streamLoops(side, STREAM_WARM_UP_SECONDS, concurrency, 'stream');
  const { firsts, ends } = await streamLoops(side, seconds, concurrency, 'stream');
  return {
    first: { value: quantile(firsts, 0.5), p99: quantile(firsts, 0.99) },
    end: { value: quantile(ends, 0.5), p99: quantile(ends, 0.99) },
  };
}

/** So many loops, each with a connection and threads of its own. */
async function streamLoops(side: Side, seconds: number, concurrency: number, kind: 'stream' | 'wait') {
  const { url } = serverOf(side);
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const firsts: number[] = [];
  const ends: number[] = [];
  const end = performance.now() + seconds * 1_000;
  const loop = async (threads: readonly OwnedThread[]): Promise<void> => {
    for (let turn = 0; performance.now() < end; turn += 1) {
      const { id, authorization } = threads[turn % threads.length];
      const path = `/threads/${id}/runs/${kind}`;
      const took = await stream(
        url,
        { method: 'POST', path, headers: { authorization }, body: ECHO_RUN },
        agent,
      );
      firsts.push(took.firstMs);
      ends.push(took.endMs);
    }
  };
  await Promise.all(
    Array.from({ length: concurrency }, (_, connection) => loop(side.world.threadsOf(connection, THREADS))),
  );
  agent.destroy();
  return { firsts, ends };
}
