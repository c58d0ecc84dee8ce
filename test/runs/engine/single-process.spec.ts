import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { QueryRunner } from 'typeorm';
import { databases, type TestDatabase } from '../../support/databases.js';
import { as, collect, EngineHarness, newRun } from './support/engine.harness.js';

/** What is only done for other processes. */
const FOR_OTHERS =
  /relayed_|"outcome_for" = CASE|"followed_until" = \$|FROM "thread"\s+WHERE "thread_id" IN \(SELECT value/;

describe.each(databases)('a run that one process creates, executes and follows on $dialect', ({ create }) => {
  let database: TestDatabase;
  let server: EngineHarness;
  const statements: string[] = [];

  beforeAll(async () => {
    database = await create();
    server = await EngineHarness.start(database.url);
    const { driver } = server.dataSource;
    const createRunner = driver.createQueryRunner.bind(driver);
    driver.createQueryRunner = (mode) => recording(createRunner(mode));
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  function recording(runner: QueryRunner): QueryRunner {
    const query = runner.query.bind(runner) as (sql: string, ...rest: unknown[]) => Promise<unknown>;
    const record = (sql: string, ...rest: unknown[]) => {
      statements.push(sql);
      return query(sql, ...rest);
    };
    return Object.assign(runner, { query: record });
  }

  /** What one run asks of the database. */
  async function statementsOfRun(resumable: boolean): Promise<readonly string[]> {
    const thread = await server.createThread();
    statements.length = 0;
    const run = newRun(thread, { resumable, kwargs: { stream_mode: ['values', 'updates'] } }, 'alice');
    const { signal } = new AbortController();
    const followed = as('alice', () => server.engine.follow(run.run_id, signal, 'events'));
    await as('alice', () => server.engine.enqueue([run]));
    expect((await followed.outcome()).status).toBe('success');
    expect((await collect(followed.events)).length).toBeGreaterThan(3);
    return [...statements];
  }

  it.each([true, false])(
    'costs no statement for other processes, of which there are none (resumable: %s)',
    async (resumable) => {
      const runs: (readonly string[])[] = [];
      // Now and then the process looks around, whatever runs; that is not what a run costs.
      for (let turn = 0; turn < 3; turn += 1) runs.push(await statementsOfRun(resumable));
      const forOthers = runs.map((sent) => sent.filter((sql) => FOR_OTHERS.test(sql)));
      expect(runs.every(({ length }) => length > 3)).toBe(true);
      expect(forOthers).toContainEqual([]);
    },
  );
});
