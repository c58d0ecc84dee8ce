import { measure } from './row-security-cost/measurement.js';
import { report } from './row-security-cost/report.js';
import { SecuredPair } from './row-security-cost/secured.pair.js';

/**
 * What row-level security costs: `GET /threads/{id}` and `POST /threads/search` with PG_RLS=on against the same with it off. Two servers
 * on equal databases of one PostgreSQL take turns, so that noise of the machine hits both alike. On a machine
 * that others use as well the processor time says more than the clock. Linux only: it is read from /proc.
 *
 * Usage: `npm run bench:rls [-- <rounds> <seconds of each turn>]`
 */
const ROUNDS = Number(process.argv[2] ?? 25);
const SECONDS = Number(process.argv[3] ?? 1);
const MAX_COST = 0.15;

interface PostgresServer {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

// Plain JavaScript, which has no types to import.
const postgresModule = '../test/support/postgres.server.mjs';
const { startPostgres } = (await import(postgresModule)) as { startPostgres: () => Promise<PostgresServer> };

const postgres = await startPostgres();
process.env.TEST_POSTGRES_URL = postgres.url;
const pair = await SecuredPair.start();
try {
  const rounds = await measure(pair, { rounds: ROUNDS, seconds: SECONDS });
  process.stdout.write(report(rounds, MAX_COST));
} finally {
  await pair.stop();
  await postgres.stop();
}
