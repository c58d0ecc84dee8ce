import { tmpdir } from 'node:os';
import { requestCases } from './cases/request.cases.js';
import { World } from './cases/world.js';
import { median } from './load/reading.js';
import { PostgresDatabases } from './population/databases.js';
import { DatabaseCpu } from './scaling/database.cpu.js';
import { drain, type Drained } from './scaling/drain.js';
import { QueueSeeder } from './scaling/queue.seeder.js';
import { report, type Asked, type Claimed } from './scaling/report.js';
import { timeClaims } from './scaling/claims.js';
import { templateRun } from './scaling/template.run.js';
import { startService } from './servers/launchers.js';
import type { ServerProcess } from './servers/server.process.js';
import { inFolder } from './side-by-side/arena.js';

/**
 * What several processes on one PostgreSQL do, and what each request and run costs the service and the database: how much faster two
 * workers empty the queue than one; whether claiming stays as fast with a million ended runs in the table; and the processor time of
 * requests on either side.
 *
 * Usage: `npm run bench:scaling [-- <rounds> <ended runs>]`
 */
const ROUNDS = Number(process.argv[2] ?? 5);
const ENDED = Number(process.argv[3] ?? 1_000_000);
const CROWD = 1_000;
const SECONDS = 4;
const CLAIMS = 200;
const CASES = new Set(['get', 'create', 'search']);
const POPULATION = { threads: 10_000, owners: 1_000 };

interface PostgresServer {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

// Plain JavaScript, which has no types to import.
const postgresModule = '../test/support/postgres.server.mjs';
const { startPostgres } = (await import(postgresModule)) as { startPostgres: () => Promise<PostgresServer> };

// The servers end with the benchmark, however it ends.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

/** A database with the tables of the service and a run to copy, and how its queue is filled. */
interface Queue {
  readonly url: string;
  readonly seeder: QueueSeeder;
}

const postgres = await startPostgres();
const databases = new PostgresDatabases(postgres.url);
try {
  const cpu = await DatabaseCpu.of(postgres.url);
  await inFolder(tmpdir(), async (folder) => {
    const workers = await measureWorkers(folder, cpu);
    const claims = await measureClaims(folder, cpu);
    process.stdout.write(report({ workers, claims, requests: await measureRequests(folder, cpu) }));
  });
} finally {
  await postgres.stop();
}

/** One worker and two, in turns. */
async function measureWorkers(folder: string, cpu: DatabaseCpu): Promise<readonly (readonly Drained[])[]> {
  const { url, seeder } = await createQueue(folder);
  const workers = [await startWorker(url, folder), await startWorker(url, folder)];
  try {
    await drain(CROWD, seeder, workers, cpu);
    const rounds: Drained[][] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      progress(`workers, round ${round + 1} of ${ROUNDS}`);
      workers[1].halt();
      const one = await drain(CROWD, seeder, workers.slice(0, 1), cpu);
      workers[1].resume();
      rounds.push([one, await drain(CROWD, seeder, workers, cpu)]);
    }
    return rounds;
  } finally {
    await Promise.all([seeder.close(), ...workers.map((worker) => worker.stop())]);
  }
}

/** On a queue that is new and on one with many ended runs, in turns. */
async function measureClaims(folder: string, cpu: DatabaseCpu): Promise<readonly (readonly Claimed[])[]> {
  const queues = [await createQueue(folder), await createQueue(folder)];
  await queues[1].seeder.addEnded(ENDED);
  const workers = await Promise.all(queues.map(({ url }) => startWorker(url, folder)));
  try {
    const rounds: Claimed[][] = [];
    for (let round = -1; round < ROUNDS; round += 1) {
      progress(`claims, round ${round + 1} of ${ROUNDS}`);
      const taken: Claimed[] = [];
      for (const [index, { url, seeder }] of queues.entries()) {
        workers[1 - index].halt();
        const { runsPerSecond } = await drain(CROWD, seeder, [workers[index]], cpu);
        workers[index].halt();
        await seeder.queue({ name: `claimed ${round}`, runs: 1, dueAt: new Date() });
        const tookMs = await timeClaims(url, CLAIMS);
        for (const worker of workers) worker.resume();
        taken.push({ runsPerSecond, claimMs: median(tookMs) });
      }
      // The first one warms up.
      if (round >= 0) rounds.push(taken);
    }
    return rounds;
  } finally {
    await Promise.all([
      ...queues.map(({ seeder }) => seeder.close()),
      ...workers.map((worker) => worker.stop()),
    ]);
  }
}

/** What requests cost a process that serves, and the database. */
async function measureRequests(folder: string, cpu: DatabaseCpu): Promise<readonly Asked[]> {
  const url = await databases.create();
  const { server } = await startService(url, folder, { ROLE: 'api' });
  try {
    await databases.seed(url, POPULATION);
    const world = await World.of(POPULATION);
    const asked: Asked[] = [];
    for (const { name, measure } of requestCases.filter(({ name }) => CASES.has(name))) {
      progress(`requests, ${name}`);
      const before = { service: server.cpuMicros(), database: cpu.micros() };
      const { throughput } = await measure({ name: 'service', process: server, world }, SECONDS);
      // Of the warming up as well, where both do the same.
      const share = (cpu.micros() - before.database) / (server.cpuMicros() - before.service);
      const serviceMicros = throughput.cpuMicros ?? Number.NaN;
      asked.push({ name, perSecond: throughput.value, serviceMicros, databaseMicros: serviceMicros * share });
    }
    return asked;
  } finally {
    await server.stop();
  }
}

function progress(step: string): void {
  process.stderr.write(`${step}\n`);
}

async function createQueue(folder: string): Promise<Queue> {
  const url = await databases.create();
  const { server } = await startService(url, folder, { ROLE: 'api' });
  try {
    return { url, seeder: await QueueSeeder.open(url, await templateRun(server.url)) };
  } finally {
    await server.stop();
  }
}

async function startWorker(url: string, folder: string): Promise<ServerProcess> {
  const { server } = await startService(url, folder, { ROLE: 'worker' });
  return server;
}
