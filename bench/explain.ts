import { createAuthTestBed } from '../src/testing/index.js';

/**
 * What one explanation costs: handler, SQL, the row past the scope and once more within it. Of a row that is there and hidden, the
 * dearest case.
 *
 * Ends with 1 where a median is above the target.
 *
 * Usage: `npm run bench:explain [-- <calls for each database>]`
 */
const CALLS = Number(process.argv[2] ?? 2000);
const WARM_UP = 200;
const TARGET_MS = 5;

interface PostgresServer {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

// Plain JavaScript, which has no types to import.
const postgresModule = '../test/support/postgres.server.mjs';
const { startPostgres } = (await import(postgresModule)) as { startPostgres: () => Promise<PostgresServer> };

const postgres = await startPostgres();
try {
  for (const [name, databaseUrl] of Object.entries({ SQLite: 'sqlite::memory:', PostgreSQL: postgres.url }))
    report(name, await measured(databaseUrl));
} finally {
  await postgres.stop();
}

/** @param samples in milliseconds, in ascending order */
function report(name: string, samples: readonly number[]): void {
  const at = (share: number): number => samples[Math.floor(samples.length * share)];
  const [median, slowest] = [at(0.5), at(0.99)].map((milliseconds) => milliseconds.toFixed(3));
  const isReached = at(0.5) <= TARGET_MS;
  if (!isReached) process.exitCode = 1;
  process.stdout.write(
    `${name.padEnd(12)} median ${median} ms (target: ${TARGET_MS} ms, ${isReached ? 'reached' : 'missed'}), 99 in 100 below ${slowest} ms\n`,
  );
}

async function measured(databaseUrl: string): Promise<readonly number[]> {
  const bed = await createAuthTestBed({ databaseUrl });
  const { body } = await bed.as({ identity: 'alice' }).threads.create<{ thread_id: string }>();
  const samples: number[] = [];
  for (let call = 0; call < WARM_UP + CALLS; call++) {
    const begin = performance.now();
    await bed.explain({ identity: 'bob' }, 'threads:read', body.thread_id);
    if (call >= WARM_UP) samples.push(performance.now() - begin);
  }
  await bed.close();
  return samples.sort((a, b) => a - b);
}
