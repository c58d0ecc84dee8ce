import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { crowdGraphs, enqueueCrowd } from './crowd.js';
import { EngineHarness } from './engine.harness.js';

/** A server for a test to kill. Says how many runs have ended, again and again; stops in order on SIGTERM. */
const [, , url = '', count = '0', leaseMs = '1000'] = process.argv;

// All of them are queued before the first one begins, however slow the machine is.
const filler = await EngineHarness.start(url, { concurrency: 0 }, crowdGraphs);
await enqueueCrowd(filler, Number(count));
await filler.stop();

const server = await EngineHarness.start(
  url,
  { concurrency: 25, leaseMs: Number(leaseMs), gracePeriodMs: 100 },
  crowdGraphs,
);
let stopped: Promise<void> | undefined;
process.once('SIGTERM', () => {
  stopped = server.stop();
});
while (!stopped) {
  process.stdout.write(`${await server.countRuns('success')}\n`);
  await sleep(50);
}
await stopped;
process.exit(0);
