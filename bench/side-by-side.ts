import { tmpdir } from 'node:os';
import type { ArenaName, BenchCase, SideName } from './cases/case.js';
import { benchCases } from './cases/cases.js';
import { installPeer } from './peer/peer.data.js';
import { PostgresDatabases, SqliteDatabases, type Databases } from './population/databases.js';
import type { Population } from './population/population.js';
import { Arena, inFolder } from './side-by-side/arena.js';
import { comparisonsOf } from './side-by-side/comparison.js';
import { USAGE, parseOptions, type Options } from './side-by-side/options.js';
import { progress, report, type Result } from './side-by-side/report.js';
import { takeRounds } from './side-by-side/rounds.js';

/**
 * The service beside the floor (a hand-written server on the same database), beside the peer (the reference server, in memory), and
 * beside itself: in one run, in turns, as one table of ratios. The service is the built one.
 *
 * Usage: `npm run bench -- --help`
 */
interface PostgresServer {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

const SMALLEST = 10_000;
const OWNED_BY_EACH = 100;
const ARENAS: readonly ArenaName[] = ['main', 'reach', 'authorization', 'flatness'];

// Plain JavaScript, which has no types to import.
const postgresModule = '../test/support/postgres.server.mjs';
const { startPostgres } = (await import(postgresModule)) as { startPostgres: () => Promise<PostgresServer> };

// The servers end with the benchmark, however it ends.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

if (process.argv.includes('--help')) process.stdout.write(USAGE);
else await run(parseOptions(process.argv.slice(2)));

async function run(options: Options): Promise<void> {
  if (!options.withoutPeer) installPeer();
  const results: Result[] = [];
  // However the benchmark ends: what was measured is told.
  process.once('exit', () => process.stdout.write(report(results)));
  const postgres = options.databases.includes('postgres') ? await startPostgres() : undefined;
  try {
    await inFolder(tmpdir(), async (folder) => {
      for (const kind of options.databases) {
        const databases =
          postgres && kind === 'postgres' ? new PostgresDatabases(postgres.url) : new SqliteDatabases(folder);
        for (const name of ARENAS)
          await runArena(name, { databases, folder, options, keep: (result) => results.push(result) });
      }
    });
  } finally {
    await postgres?.stop();
  }
}

interface Surroundings {
  readonly databases: Databases;
  readonly folder: string;
  readonly options: Options;
  readonly keep: (result: Result) => void;
}

async function runArena(name: ArenaName, surroundings: Surroundings): Promise<void> {
  const { databases, folder, options, keep } = surroundings;
  const cases = benchCases.filter(
    (benchCase) => benchCase.arena === name && options.cases.has(benchCase.name),
  );
  if (cases.length === 0) return;
  const wanted = cases.flatMap((benchCase) => benchCase.sides).filter((side) => isWanted(side, options));
  const smallest = { threads: SMALLEST, owners: SMALLEST / OWNED_BY_EACH };
  for (const population of populationsOf(name, options)) {
    const sides = new Set(wanted);
    const arena = await Arena.open({ name, databases, population, smallest, sides, folder });
    try {
      for (const benchCase of cases) await runCase(benchCase, arena, options).then(keep, complain);
    } finally {
      await arena.close();
    }
  }
}

async function runCase(benchCase: BenchCase, arena: Arena, options: Options): Promise<Result> {
  const { databases, population } = arena.options;
  const sides = benchCase.sides.flatMap((side) => arena.side(side) ?? []);
  const rounds = await takeRounds(benchCase, sides, options);
  const comparisons = comparisonsOf(benchCase, rounds, population.threads);
  const result = { database: databases.title, threads: population.threads, comparisons };
  process.stderr.write(progress(result));
  return result;
}

/** The other cases are worth their numbers all the same. */
function complain(error: unknown): void {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
}

function populationsOf(name: ArenaName, { threads, owners, largest }: Options): readonly Population[] {
  return name === 'flatness'
    ? [{ threads: largest, owners: largest / OWNED_BY_EACH }]
    : threads.map((count) => ({ threads: count, owners }));
}

function isWanted(side: SideName, { withoutPeer }: Options): boolean {
  return !(withoutPeer && side === 'peer');
}
