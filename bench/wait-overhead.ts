import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measure, type Sample } from './wait-overhead/measurement.js';
import { EchoServer } from './wait-overhead/echo.server.js';
import { report } from './wait-overhead/report.js';

/**
 * How much a run through the server costs more than the graph alone: `POST /threads/{id}/runs/wait` of an echo on an idle server,
 * against the same compiled graph in the same process, with the same checkpointer on the same database. The ways take turns, each on
 * a new thread, so that noise of the machine hits all of them alike; what counts is the median of the differences of a round.
 *
 * Usage: `npm run bench:wait [-- <seconds for each database>]`
 */
const SECONDS = Number(process.argv[2] ?? 20);
const TARGET_MS = 5;

interface PostgresServer {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

// Plain JavaScript, which has no types to import.
const postgresModule = '../test/support/postgres.server.mjs';
const { startPostgres } = (await import(postgresModule)) as { startPostgres: () => Promise<PostgresServer> };

const directory = await mkdtemp(join(tmpdir(), 'onauth-bench-'));
const postgres = await startPostgres();
try {
  const results = new Map<string, readonly Sample[]>();
  const urls = { SQLite: `sqlite:${join(directory, 'bench.db')}`, PostgreSQL: postgres.url };
  for (const [database, url] of Object.entries(urls)) {
    const server = await EchoServer.start(url);
    results.set(database, await measure(server, SECONDS * 1000));
    await server.stop();
  }
  process.stdout.write(report(results, TARGET_MS));
} finally {
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
}
