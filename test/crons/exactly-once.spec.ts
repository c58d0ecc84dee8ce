import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startApplication } from '../support/application.js';
import { databases, type TestDatabase } from '../support/databases.js';
import { testGraphs } from '../support/graphs/index.js';
import { CronCrowd } from './support/cron.crowd.js';

/** The guarantee is meant for 10,000: `CRON_CROWD=10000` shows it; fewer are enough to see a mistake. */
const CRONS = Number(process.env.CRON_CROWD ?? 500);
const EACH_ONCE = { crons: CRONS, runs: CRONS, once: CRONS, due: 0, failed: 0, owned: CRONS };
const TIMEOUT_MS = 120_000 + CRONS * 40;

/** Two servers share one file as they share one PostgreSQL: the file has one writer at a time, and the other one waits for its turn. */
describe.each(databases)('crons that are due in the same minute on two servers on $dialect', ({ create }) => {
  let database: TestDatabase;
  let crowd: CronCrowd;

  beforeEach(async () => {
    database = await create();
    const preparing = await startApplication({ databaseUrl: database.url, graphs: testGraphs });
    await preparing.stop();
    crowd = await CronCrowd.open(database.url);
    await crowd.plant(CRONS, new Date());
  }, TIMEOUT_MS);
  afterEach(async () => {
    await crowd.close();
    await database.drop();
  });

  it(
    'fire once each, also when first both servers and then one of them are killed in the middle',
    async () => {
      await Promise.all([crowd.work(), crowd.work()]);
      await crowd.fired(CRONS / 4);
      await crowd.kill();
      const survived = await crowd.countRuns();
      expect(survived).toBeLessThan(CRONS);
      const [first] = await Promise.all([crowd.work(), crowd.work()]);
      await crowd.fired(survived + (CRONS - survived) / 2);
      await crowd.kill([first]);
      await crowd.fired(CRONS);
      await crowd.work();
      expect(await crowd.report()).toEqual(EACH_ONCE);
    },
    TIMEOUT_MS,
  );
});
