import process from 'node:process';
import { startPostgres } from './postgres.server.mjs';

/** One PostgreSQL for the whole run. A server that TEST_POSTGRES_URL already names is used instead, and left running. */
export default async function globalSetup() {
  if (process.env.TEST_POSTGRES_URL) return;
  const server = await startPostgres();
  process.env.TEST_POSTGRES_URL = server.url;
  globalThis.stopTestPostgres = server.stop;
}
