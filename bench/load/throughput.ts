import autocannon from 'autocannon';
import type { ServerProcess } from '../servers/server.process.js';
import { quantile, type Reading } from './reading.js';

export interface Load {
  readonly connections: number;
  readonly seconds: number;
  /** What a connection asks for, again and again from the start. */
  readonly requestsOf: (connection: number) => readonly autocannon.Request[];
}

/** Answers after which a server is warm (V8 compiles what is hot again, and again), and the seconds that it may take to give them. */
const WARM_UP_ANSWERS = 5_000;
const WARM_UP_SECONDS = 2;
const TIMEOUT_SECONDS = 60;
/** Answers for each connection that a measurement needs at least. */
const FEWEST = 3;

/**
 * As many requests as a server answers, each connection waiting for its answer. Where the time is too short for a few answers on
 * each connection it takes longer.
 *
 * @throws Error when an answer is no success: what fails is not worth a number
 */
export async function throughput(server: ServerProcess, load: Load): Promise<Reading> {
  const { connections, seconds } = load;
  const first = await fire(server, load, { amount: connections });
  const rate = first.latencies.length / first.tookSeconds;
  const isSlow = rate * seconds < FEWEST * connections;
  if (!isSlow)
    await fire(server, load, { amount: Math.min(WARM_UP_ANSWERS, Math.ceil(rate * WARM_UP_SECONDS)) });
  const cpu = server.cpuMicros();
  const bound = isSlow ? { amount: FEWEST * connections } : { duration: seconds };
  const { latencies, tookSeconds } = await fire(server, load, bound);
  return {
    value: latencies.length / tookSeconds,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    cpuMicros: (server.cpuMicros() - cpu) / latencies.length,
  };
}

type Bound = { readonly amount: number } | { readonly duration: number };

async function fire(server: ServerProcess, { connections, requestsOf }: Load, bound: Bound) {
  const latencies: number[] = [];
  let connection = 0;
  let failed: number | undefined;
  const start = performance.now();
  let end = start;
  const result = await autocannon({
    url: server.url,
    connections,
    ...bound,
    timeout: TIMEOUT_SECONDS,
    // The end is only seen at the end of a sample.
    ...{ sampleInt: 50 },
    setupClient: (client) => {
      client.setRequests([...requestsOf(connection++)]);
      client.on('response', (status, _bytes, tookMs) => {
        latencies.push(tookMs);
        end = performance.now();
        if (status < 200 || status > 299) failed = status;
      });
    },
  });
  if (failed !== undefined || result.errors > 0)
    throw new Error(`a server answered ${failed ?? 'nothing'} (${result.errors} errors): ${server.output}`);
  return { latencies, tookSeconds: (end - start) / 1_000 };
}
