import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PostgresDatabases, SqliteDatabases, type Databases } from './population/databases.js';
import { measureExpiry, measureRevocation, OWNERS, type Closing } from './revoke/measurement.js';
import { report } from './revoke/report.js';
import { RevocableService } from './revoke/revocable.service.js';

/**
 * How long open streams stay open when the right to them has ended: of one identity, each on a thread of its own, beside a hundred
 * of somebody else's. On SQLite access is revoked in the process that serves them, on PostgreSQL in another one.
 *
 * Usage: `npm run bench:revoke [-- <streams>]`
 */
const STREAMS = Number(process.argv[2] ?? 5_000);
const BYSTANDERS = 100;
const TARGET_MS = 1_000;

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
  const closings = new Map<string, readonly Closing[]>();
  closings.set('SQLite', await measureOn(new SqliteDatabases(directory), 'one process'));
  closings.set('PostgreSQL', await measureOn(new PostgresDatabases(postgres.url), 'two processes'));
  process.stdout.write(report(closings, TARGET_MS));
} finally {
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
}

async function measureOn(databases: Databases, processes: 'one process' | 'two processes') {
  const url = await databases.create();
  await (await RevocableService.start(url)).stop();
  await databases.seed(url, { threads: STREAMS * OWNERS, owners: OWNERS });
  const serving = await RevocableService.start(url);
  const revoking = processes === 'one process' ? serving : await RevocableService.start(url);
  const measurement = { streams: STREAMS, bystanders: BYSTANDERS, serving, revoking };
  try {
    const revoked = await measureRevocation(measurement);
    return [revoked, await measureExpiry(measurement, revoked.openingMs)];
  } finally {
    await Promise.all([serving.stop(), revoking.stop()]);
  }
}
