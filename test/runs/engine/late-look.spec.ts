import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EntityManager } from 'typeorm';
import { DistantRuns } from '../../../src/runs/engine/relay/distant.runs.js';
import { createPostgres, type TestDatabase } from '../../support/databases.js';
import { as, collect, EngineHarness, newRun } from './support/engine.harness.js';

describe('a look at runs that was taken before a run was queued', () => {
  let database: TestDatabase;
  let asked: EngineHarness;

  beforeAll(async () => {
    database = await createPostgres();
    asked = await EngineHarness.start(database.url, { concurrency: 0 });
  });
  afterAll(async () => {
    await asked.stop();
    await database.drop();
  });

  /** The answer of the last statement of a look comes late: the run has been queued since. */
  function delayAnswers(manager: EntityManager): {
    readonly asked: Promise<void>;
    readonly release: () => void;
  } {
    const find = manager.find.bind(manager);
    let release!: () => void;
    const released = new Promise<void>((resolve) => (release = resolve));
    let tell!: () => void;
    const isAsked = new Promise<void>((resolve) => (tell = resolve));
    manager.find = async (target, options) => {
      const rows = await find(target, options);
      if (options?.relations) {
        tell();
        await released;
      }
      return rows;
    };
    return {
      asked: isAsked,
      release: () => {
        manager.find = find;
        release();
      },
    };
  }

  it('does not take the run for one that is gone', async () => {
    const run = newRun(await asked.createThread(), {}, 'alice');
    const followed = as('alice', () =>
      asked.engine.follow(run.run_id, new AbortController().signal, 'events'),
    );
    const late = delayAnswers(asked.dataSource.manager);
    const looked = asked.app.get(DistantRuns).askAll();
    await late.asked;
    await as('alice', () => asked.engine.enqueue([run]));
    late.release();
    await looked;
    const worker = await EngineHarness.start(database.url);
    try {
      expect((await collect(followed.events)).map(({ event }) => event)).toContain('values');
      expect(await followed.outcome()).toMatchObject({ status: 'success' });
    } finally {
      await worker.stop();
    }
  });
});
