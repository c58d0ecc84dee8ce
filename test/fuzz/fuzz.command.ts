import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseFuzzArguments } from './support/fuzz.arguments.js';
import { describeFuzz } from './support/fuzz.report.js';
import { FuzzServer } from './support/fuzz.server.js';
import { Fuzzer } from './support/fuzzer.js';
import { plant } from './support/plants.js';

/**
 * Asks a running application for things at random, and compares every answer with a model that says who reaches what.
 *
 * Usage: `npm run fuzz -- [--db sqlite|postgres] [--minutes 5] [--requests N] [--seed N] [--path P] [--width N] [--plant <kind>]`
 */
const { db, seed, plant: kind, ...options } = parseFuzzArguments(process.argv.slice(2));
const database = await openDatabase(db);
try {
  const server = await FuzzServer.start(database.url);
  if (kind) plant(kind, server.application.app);
  const report = await new Fuzzer(server, { seed, ...options }).run();
  process.stdout.write(describeFuzz(db, seed, report));
  if (report.finding || report.strays > 0) process.exitCode = 1;
  await server.stop();
} finally {
  await database.close();
}

interface OpenDatabase {
  readonly url: string;
  readonly close: () => Promise<void>;
}

async function openDatabase(db: string): Promise<OpenDatabase> {
  if (db === 'sqlite') {
    const directory = await mkdtemp(join(tmpdir(), 'onauth-fuzz-'));
    return {
      url: `sqlite:${join(directory, 'fuzz.db')}`,
      close: () => rm(directory, { recursive: true, force: true }),
    };
  }
  const { startPostgres } = await import('../support/postgres.server.mjs');
  const { url, stop } = await startPostgres();
  return { url, close: stop };
}
