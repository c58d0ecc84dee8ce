import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { databases, type TestDatabase } from '../support/databases.js';
import { describeFuzz } from './support/fuzz.report.js';
import { FuzzServer } from './support/fuzz.server.js';
import { Fuzzer } from './support/fuzzer.js';
import { PLANT_KINDS, plant } from './support/plants.js';

const REQUESTS = 2_500;
/** Where a machine is slow, fewer requests are enough. */
const MILLISECONDS = 10_000;
/** Within which a planted bug has to be found. */
const MINUTE = 60_000;
const WIDTH = 4;

describe.each(databases)('random requests on $dialect', ({ create, dialect }) => {
  let database: TestDatabase;
  let server: FuzzServer;

  beforeAll(async () => {
    database = await create();
    server = await FuzzServer.start(database.url);
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  it('are answered as a model of who reaches what says', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const options = { seed, milliseconds: MILLISECONDS, requests: REQUESTS, width: WIDTH, shrinks: true };
    const report = await new Fuzzer(server, options).run();
    process.stdout.write(describeFuzz(dialect, seed, report));
    expect(report.finding?.text).toBeUndefined();
    expect(report.strays).toBe(0);
  }, 120_000);

  // The last of all: what a bug has changed in the rows of others stays changed.
  it.each(PLANT_KINDS)(
    'find a bug of the kind %s',
    async (kind) => {
      const takeOut = plant(kind, server.application.app);
      try {
        const options = { seed: 1, milliseconds: MINUTE, requests: Infinity, width: WIDTH, shrinks: false };
        const { finding } = await new Fuzzer(server, options).run();
        expect(finding?.text).toMatch(/^Disagreement: /);
      } finally {
        takeOut();
      }
    },
    120_000,
  );
});
