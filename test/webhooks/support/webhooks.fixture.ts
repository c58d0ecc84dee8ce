import 'reflect-metadata';
import { startWebhooks } from './webhooks.application.js';

/** A server for a test to kill: runs a graph to its end, says so, and makes as many calls at a time as it is told. */
const [, , databaseUrl = '', webhook = '', concurrency = '0'] = process.argv;

const server = await startWebhooks(
  { url: databaseUrl, drop: () => Promise.resolve() },
  { webhooks: { delivery: { concurrency: Number(concurrency), requestTimeoutMs: 30_000, leaseMs: 6_000 } } },
);
const { status } = await server.alice('POST', '/runs/wait', { assistant_id: 'steps', input: {}, webhook });
process.stdout.write(`ended ${status}\n`);
