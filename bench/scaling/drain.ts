import { setTimeout as sleep } from 'node:timers/promises';
import type { MeasuredProcess } from '../servers/server.process.js';
import type { DatabaseCpu } from './database.cpu.js';
import type { QueueSeeder } from './queue.seeder.js';

const LOOK_EVERY_MS = 200;
/** Time to seed the queue, and for workers to see when the first run is due. */
const LEAD_MS = 5_000;
const PATIENCE_MS = 120_000;

/** How fast workers emptied the queue, and what it cost. */
export interface Drained {
  readonly runsPerSecond: number;
  /** Processor time for each run, in microseconds. */
  readonly workerMicros: number;
  readonly databaseMicros: number;
}

let crowds = 0;

/** Runs of an echo, all due at one moment, until the last one has ended. */
export async function drain(
  runs: number,
  seeder: QueueSeeder,
  workers: readonly MeasuredProcess[],
  database: DatabaseCpu,
): Promise<Drained> {
  const dueAt = new Date(Date.now() + LEAD_MS);
  await seeder.queue({ name: `crowd ${(crowds += 1)}`, runs, dueAt });
  const wait = dueAt.getTime() - Date.now();
  if (wait < 0) throw new Error(`it took ${LEAD_MS - wait} ms to queue ${runs} runs: queue fewer`);
  await sleep(wait);
  const before = { workers: cpuOf(workers), database: database.micros() };
  for (let waited = 0; (await seeder.left(dueAt)) > 0; waited += LOOK_EVERY_MS) {
    if (waited > PATIENCE_MS)
      throw new Error(`the queue does not become empty: ${workers.map(({ output }) => output).join('')}`);
    await sleep(LOOK_EVERY_MS);
  }
  const after = { workers: cpuOf(workers), database: database.micros() };
  const tookMs = (await seeder.endedAt(dueAt)) - dueAt.getTime();
  return {
    runsPerSecond: (runs * 1_000) / tookMs,
    workerMicros: (after.workers - before.workers) / runs,
    databaseMicros: (after.database - before.database) / runs,
  };
}

function cpuOf(processes: readonly MeasuredProcess[]): number {
  return processes.reduce((total, process) => total + process.cpuMicros(), 0);
}
