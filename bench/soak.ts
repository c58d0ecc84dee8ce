import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { World } from './cases/world.js';
import { mixedLoad } from './load/mixed.load.js';
import { slopeOf, type Point } from './load/slope.js';
import { SqliteDatabases } from './population/databases.js';
import { startService } from './servers/launchers.js';
import { inFolder } from './side-by-side/arena.js';

/**
 * Whether the service grows: resident memory under a mixed load, and its slope. The first minutes, in which V8 compiles what is
 * called and sizes its heap, come before and do not count.
 *
 * Usage: `npm run bench:soak [-- <minutes>]`
 */
const MINUTES = Number(process.argv[2] ?? 5);
const SETTLING_MINUTES = Math.min(3, MINUTES);
const POPULATION = { threads: 50_000, owners: 1_000 };
const SAMPLE_MS = 2_000;

await inFolder(tmpdir(), async (folder) => {
  const databases = new SqliteDatabases(folder);
  const url = await databases.create();
  await (await startService(url, folder)).server.stop();
  await databases.seed(url, POPULATION);
  const { server } = await startService(url, folder);
  const start = performance.now();
  const end = start + (SETTLING_MINUTES + MINUTES) * 60_000;
  const load = mixedLoad(server.url, await World.of(POPULATION), end);
  const points: Point[] = [];
  while (performance.now() < end) {
    await sleep(SAMPLE_MS);
    points.push({ x: (performance.now() - start) / 60_000, y: server.residentMemory() });
  }
  const answered = await load;
  await server.stop();
  const settled = points.filter(({ x }) => x > SETTLING_MINUTES);
  const { slope, error } = slopeOf(settled);
  const last = settled.at(-1)?.y ?? Number.NaN;
  const isFlat = slope <= 2 * error;
  process.stdout.write(
    `${answered} requests in ${SETTLING_MINUTES} minutes to settle and ${MINUTES} that count.\n` +
      `Resident: ${points[0].y.toFixed(0)} MiB at first, ${settled[0].y.toFixed(0)} when settled, ${last.toFixed(0)} at last; ` +
      `slope ${slope.toFixed(2)} MiB a minute, standard error ${error.toFixed(2)}: ` +
      `${isFlat ? 'no growth' : 'GROWTH'}.\n`,
  );
});
