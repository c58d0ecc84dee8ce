import { createAuthTestBed } from '../src/testing/index.js';

/**
 * What one explanation costs: handler, SQL, the row past the scope and once more within it. Of a row that is there and hidden, the
 * dearest case.
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
    process.stdout.write(`${name.padEnd(12)} ${await measured(databaseUrl)}\n`);
} finally {
  await postgres.stop();
}

async function measured(databaseUrl: string): Promise<string> {
  const bed = await createAuthTestBed({ databaseUrl });
  const { body } = await bed.as({ identity: 'alice' }).threads.create<{ thread_id: string }>();
  const samples: number[] = [];
  for (let call = 0; call < WARM_UP + CALLS; call++) {
    const begin = performance.now();
    await bed.explain({ identity: 'bob' }, 'threads:read', body.thread_id);
    if (call >= WARM_UP) samples.push(performance.now() - begin);
  }
  await bed.close();
  const sorted = samples.sort((a, b) => a - b);
  const at = (share: number): string => sorted[Math.floor(sorted.length * share)].toFixed(3);
  return `median ${at(0.5)} ms, 99 in 100 below ${at(0.99)} ms (target: median ${TARGET_MS} ms)`;
}
