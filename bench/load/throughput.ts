import autocannon from 'autocannon';
import type { ServerProcess } from '../servers/server.process.js';
import { quantile, type Reading } from './reading.js';

export interface Load {
  readonly connections: number;
  readonly seconds: number;
  /** What a connection asks for, again and again. */
  readonly requestsOf: (connection: number) => readonly autocannon.Request[];
}

/** What one connection asks for: it goes on where it has stopped, so that no thread gets more runs than the others. */
class Requests {
  private answered = 0;

  constructor(private readonly list: readonly autocannon.Request[]) {}

  note(): void {
    this.answered += 1;
  }

  /** All of them, the next one first. */
  fromHere(): autocannon.Request[] {
    const next = this.answered % this.list.length;
    return [...this.list.slice(next), ...this.list.slice(0, next)];
  }
}

/** Answers after which a server is warm (V8 compiles what is hot again, and again), and the seconds that it may take to give them. */
const WARM_UP_ANSWERS = 20_000;
export const WARM_UP_SECONDS = 8;
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
  const { connections, seconds, requestsOf } = load;
  const requests = Array.from(
    { length: connections },
    (_, connection) => new Requests(requestsOf(connection)),
  );
  const rate = await warmUp(server, requests);
  const cpu = server.cpuMicros();
  const amount = Math.max(FEWEST * connections, Math.ceil(rate * seconds));
  const { latencies, tookSeconds } = await fire(server, requests, amount);
  return {
    value: latencies.length / tookSeconds,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    cpuMicros: (server.cpuMicros() - cpu) / latencies.length,
  };
}

/** @returns answers per second, at the end */
async function warmUp(server: ServerProcess, requests: readonly Requests[]): Promise<number> {
  const end = performance.now() + WARM_UP_SECONDS * 1_000;
  let rate = 0;
  let answers = 0;
  for (
    let left = WARM_UP_SECONDS;
    left > 0 && answers < WARM_UP_ANSWERS;
    left = (end - performance.now()) / 1_000
  ) {
    // The first answers of a server come late, and tell little of those that follow.
    const amount = Math.min(WARM_UP_ANSWERS - answers, Math.ceil(rate * Math.min(left, 1)));
    const { latencies, tookSeconds } = await fire(server, requests, Math.max(amount, requests.length));
    answers += latencies.length;
    rate = latencies.length / tookSeconds;
  }
  return rate;
}

async function fire(server: ServerProcess, requests: readonly Requests[], amount: number) {
  const latencies: number[] = [];
  let connection = 0;
  let failed: number | undefined;
  let start = performance.now();
  let end = start;
  const result = await autocannon({
    url: server.url,
    connections: requests.length,
    amount,
    timeout: TIMEOUT_SECONDS,
    // The end is only seen at the end of a sample.
    ...{ sampleInt: 50 },
    setupClient: (client) => {
      const own = requests[connection++];
      client.setRequests(own.fromHere());
      // All are set up before the first of them is connected: to make thousands of requests takes a tenth of a second.
      start = performance.now();
      client.on('response', (status, _bytes, tookMs) => {
        own.note();
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
