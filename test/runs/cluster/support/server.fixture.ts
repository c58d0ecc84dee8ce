import 'reflect-metadata';
import { RUN_ENGINE_OPTIONS } from '../../../../src/runs/engine/run-engine.options.js';
import { RunSignals } from '../../../../src/runs/engine/run.signals.js';
import { createServer } from '../../../../src/server.js';
import { testGraphs } from '../../../support/graphs/index.js';
import { clusterGraphs } from './cluster.graphs.js';

/** One process of several, for a test. Its environment is that of the service, and how the test wants the engine to be. */
const { LEASE_MS, GRACE_PERIOD_MS, DEAF } = process.env;

const app = await createServer({ graphs: { ...testGraphs, ...clusterGraphs } });
Object.assign(app.get<object>(RUN_ENGINE_OPTIONS), {
  leaseMs: Number(LEASE_MS ?? 10_000),
  gracePeriodMs: Number(GRACE_PERIOD_MS ?? 200),
});
// Loses everything that other processes say.
if (DEAF) Object.assign(app.get<object>(RunSignals), { hear: () => undefined });
await app.listen(0, '127.0.0.1');
process.stdout.write(`up at ${await app.getUrl()}\n`);
