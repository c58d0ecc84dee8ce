import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { World } from './cases/world.js';
import { mixedLoad } from './load/mixed.load.js';
import { slopeOf, type Point } from './load/slope.js';
import { SqliteDatabases } from './population/databases.js';
import { startService } from './servers/launchers.js';
import { inFolder } from './side-by-side/arena.js';

/**
 * Whether the service grows: resident memory under a mixed load, and its slope. The first minute, in which a process of Node takes
 * what it will keep, does not count.
 *
 * Usage: `npm run bench:soak [-- <minutes>]`
 */
const MINUTES = Number(process.argv[2] ?? 5);
const POPULATION = { threads: 50_000, owners: 1_000 };
const SAMPLE_MS = 2_000;
const SETTLING_MINUTES = Math.min(1, MINUTES / 3);

await inFolder(tmpdir(), async (folder) => {
  const databases = new SqliteDatabases(folder);
  const url = await databases.create();
  await (await startService(url, folder)).server.stop();
  await databases.seed(url, POPULATION);
  const { server } = await startService(url, folder);
  const start = performance.now();
  const end = start + MINUTES * 60_000;
  const load = mixedLoad(server.url, await World.of(POPULATION), end);
  const points: Point[] = [];
  while (performance.now() < end) {
    await sleep(SAMPLE_MS);
    points.push({ x: (performance.now() - start) / 60_000, y: server.residentMemory() });
  }
  const answered = await load;
  await server.stop();
  const { slope, error } = slopeOf(points.filter(({ x }) => x > SETTLING_MINUTES));
  const [first, last] = [points[0].y, points.at(-1)?.y ?? Number.NaN];
  const isFlat = slope <= 2 * error || slope < 0;
  process.stdout.write(
    `${answered} requests in ${MINUTES} minutes; resident ${first.toFixed(0)} MiB at first, ${last.toFixed(0)} MiB at last.\n` +
      `Slope after ${SETTLING_MINUTES.toFixed(1)} minutes: ${slope.toFixed(2)} MiB a minute, standard error ${error.toFixed(2)}: ` +
      `${isFlat ? 'no growth' : 'GROWTH'}.\n`,
  );
});
