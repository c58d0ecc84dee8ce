import { mkdir, writeFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Side } from './cases/case.js';
import { benchCases } from './cases/cases.js';
import { World } from './cases/world.js';
import { PostgresDatabases, SqliteDatabases, type Databases } from './population/databases.js';
import { describeProfile } from './profile/description.js';
import { PROBE_OPTIONS, Probe } from './profile/probe.js';
import { call, textOf } from './load/http.client.js';
import type { Readings } from './load/reading.js';
import { startProbedService, startService } from './servers/launchers.js';
import { inFolder } from './side-by-side/arena.js';

/**
 * Where the built service spends its time on one case: a CPU profile of its main thread as text, by step and by function.
 *
 * Usage: `npm run bench:profile -- [--case get] [--database sqlite] [--seconds 10] [--out bench/results]`
 */
const { values } = parseArgs({
  options: {
    case: { type: 'string', default: 'get' },
    database: { type: 'string', default: 'sqlite' },
    seconds: { type: 'string', default: '10' },
    threads: { type: 'string', default: '10000' },
    out: { type: 'string', default: 'bench/results' },
  },
});
/** Enough young heap to weigh requests without a collection. */
const ROOMY = ['--max-semi-space-size=512', '--min-semi-space-size=512'];
const GETS = 200;
const WARM_UPS = 5;
const POPULATION = { threads: Number(values.threads), owners: 1_000 };

interface PostgresServer {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

const postgresModule = '../test/support/postgres.server.mjs';
const { startPostgres } = (await import(postgresModule)) as { startPostgres: () => Promise<PostgresServer> };

const postgres = values.database === 'postgres' ? await startPostgres() : undefined;
try {
  await inFolder(tmpdir(), async (folder) => {
    const databases = postgres ? new PostgresDatabases(postgres.url) : new SqliteDatabases(folder);
    const text = await profile(databases, folder);
    await mkdir(values.out, { recursive: true });
    await writeFile(
      join(values.out, `profile-${values.case.replaceAll(/\W+/g, '-')}-${values.database}.txt`),
      text,
    );
    process.stdout.write(text);
  });
} finally {
  await postgres?.stop();
}

async function profile(databases: Databases, folder: string): Promise<string> {
  const benchCase = benchCases.find(({ name }) => name === values.case);
  if (!benchCase) throw new TypeError(`--case ${values.case} is none of the benchmark's`);
  const url = await databases.create();
  const { server: maker } = await startService(url, folder);
  await maker.stop();
  await databases.seed(url, POPULATION);
  const { server } = await startProbedService(url, folder, [...PROBE_OPTIONS]);
  const side: Side = { name: 'service', process: server, world: await World.of(POPULATION) };
  const probe = new Probe(server);
  const seconds = Number(values.seconds);
  await benchCase.measure(side, seconds);
  let readings: Readings = {};
  const cpu = await probe.profile(async () => {
    readings = await benchCase.measure(side, seconds);
  });
  await server.stop();
  const allocated = await allocatedBytes(url, folder, side.world);
  const title = `${values.case} on ${databases.title}, ${POPULATION.threads} threads, 32 connections`;
  return `${title}\n${JSON.stringify(readings)}\nan authorized get allocates ${allocated.toFixed(0)} bytes of heap\n\n${describeProfile(cpu)}`;
}

/** Of one get after the other. @returns NaN where the collector came in between */
async function allocatedBytes(url: string, folder: string, world: World): Promise<number> {
  const { server } = await startProbedService(url, folder, [...PROBE_OPTIONS, ...ROOMY]);
  const probe = new Probe(server);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const get = async (times: number): Promise<void> => {
    for (const { id, authorization } of world.threadsOf(0, times))
      await textOf(
        await call(server.url, { method: 'GET', path: `/threads/${id}`, headers: { authorization } }, agent),
      );
  };
  for (let warm = 0; warm < WARM_UPS; warm += 1) await get(GETS);
  const before = await probe.heap();
  await get(GETS);
  const after = await probe.heap();
  agent.destroy();
  await server.stop();
  return after.collections === before.collections ? (after.used - before.used) / GETS : Number.NaN;
}
