import { quantile } from '../load/reading.js';

export interface Cost {
  /** Of processor time, all threads: what others do on the machine is not in it, but for their share of its caches. */
  readonly nanoseconds: number;
  /** Allocated on the heap for each call. */
  readonly bytes: number;
}

const BATCHES = 15;
const CALLS = 5_000;

/** What one call costs: the lower quartile of batches, which noise only makes longer. A promise is awaited. */
export async function alone(run: () => unknown): Promise<Cost> {
  for (let warm = 0; warm < 4; warm += 1) await batch(run);
  const costs: Cost[] = [];
  for (let turn = 0; turn < BATCHES; turn += 1) costs.push(await batch(run));
  return {
    nanoseconds: quantile(
      costs.map(({ nanoseconds }) => nanoseconds),
      0.25,
    ),
    // Where the collector came in between, the difference is none.
    bytes: quantile(
      costs.map(({ bytes }) => bytes).filter((bytes) => bytes >= 0),
      0.75,
    ),
  };
}

async function batch(run: () => unknown): Promise<Cost> {
  const isAsync = run() instanceof Promise;
  const heap = process.memoryUsage().heapUsed;
  const start = process.cpuUsage();
  if (isAsync) for (let call = 0; call < CALLS; call += 1) await run();
  else for (let call = 0; call < CALLS; call += 1) run();
  const { user, system } = process.cpuUsage(start);
  return {
    nanoseconds: ((user + system) * 1_000) / CALLS,
    bytes: (process.memoryUsage().heapUsed - heap) / CALLS,
  };
}
