import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measure, type Sample } from './store-size/measurement.js';
import { report } from './store-size/report.js';
import { SeededStore } from './store-size/seeded.store.js';

/**
 * Whether the store slows down with what others keep in it: one user's items among 1,000,000 of 1,000 users, against the same user's
 * among 10,000 of 10. Everybody has 1,000 items in 10 namespaces, so that each operation has the same answer in both; only what is
 * foreign grows. Through `StoreItems`, in the scope of a user that the owner policy has let through: no filter, a namespace that begins
 * with the user. The two sizes take turns, so that noise of the machine hits both alike.
 *
 * Usage: `npm run bench:store [-- <seconds for each database>]`
 */
const SECONDS = Number(process.argv[2] ?? 30);
const TARGET_RATIO = 1.5;
const SMALL_USERS = 10;
const LARGE_USERS = 1_000;

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
  const urls = {
    SQLite: (size: string) => `sqlite:${join(directory, `${size}.db`)}`,
    PostgreSQL: (size: string) => Object.assign(new URL(postgres.url), { pathname: `/${size}` }).href,
  };
  for (const [database, urlOf] of Object.entries(urls)) {
    if (database === 'PostgreSQL') await SeededStore.createDatabases(postgres.url, ['small', 'large']);
    const small = await SeededStore.open(urlOf('small'), SMALL_USERS);
    const large = await SeededStore.open(urlOf('large'), LARGE_USERS);
    results.set(database, await measure(small, large, SECONDS * 1000));
    await Promise.all([small.close(), large.close()]);
  }
  process.stdout.write(report(results, TARGET_RATIO));
} finally {
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
}
