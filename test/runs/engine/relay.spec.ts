import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuid } from 'uuid';
import { runAsSystem } from '../../../src/on-auth/authorization.context.js';
import { RelaySweeper } from '../../../src/runs/engine/relay/relay.sweeper.js';
import { databases, type TestDatabase } from '../../support/databases.js';
import { engineGraphs, gates } from './support/engine.graphs.js';
import { collect, EngineHarness, until } from './support/engine.harness.js';

const HOURS = 3_600_000;

describe.each(databases.filter(({ dialect }) => dialect === 'postgres'))(
  'what processes leave for each other on $dialect',
  ({ create }) => {
    let database: TestDatabase;
    let executing: EngineHarness;
    let asking: EngineHarness;

    beforeAll(async () => {
      database = await create();
      executing = await EngineHarness.start(database.url, { leaseMs: 3_000_000 }, engineGraphs);
      asking = await EngineHarness.start(database.url, { concurrency: 0, leaseMs: 3_000_000 }, engineGraphs);
    });
    afterAll(async () => {
      await Promise.all([executing.stop(), asking.stop()]);
      await database.drop();
    });

    const count = async (table: string): Promise<number> => {
      const [row] = await runAsSystem('look', () =>
        asking.dataSource.query<{ count: string }[]>(`SELECT COUNT(*) AS count FROM ${table}`),
      );
      return Number(row?.count);
    };
    const sweep = (now: number) => executing.app.get(RelaySweeper).sweep(now);

    async function begun(name: string) {
      const run = await asking.enqueue(await asking.createThread(), {
        graph_id: 'gated',
        kwargs: { input: { name }, stream_mode: ['updates'] },
      });
      const events = collect(asking.events(run));
      await until('it is at its gate', () => gates.entered.includes(name));
      return { run, events };
    }

    it('is kept while the run is live, and forgotten once its readers had time', async () => {
      const name = uuid();
      const { run, events } = await begun(name);
      await until('its events are there', async () => (await count('relayed_event')) >= 2);
      await sweep(Date.now() + 10 * HOURS);
      expect(await count('relayed_event')).toBe(2);
      gates.open(name);
      expect((await events).map(({ id }) => id)).toEqual([0, 1, 2]);
      await sweep(Date.now());
      expect([await count('relayed_event'), await count('relayed_end')]).toEqual([3, 1]);
      await sweep(Date.now() + HOURS / 2);
      expect([await count('relayed_event'), await count('relayed_end')]).toEqual([0, 0]);
      expect((await asking.findRun(run))?.status).toBe('success');
    });

    it('is forgotten too when the run is gone without an end', async () => {
      await runAsSystem('leave something behind', () =>
        asking.dataSource.query(
          `INSERT INTO relayed_event (run_id, id, event, data, said_before, stored_at) VALUES ($1, 0, 'custom', '1', FALSE, $2)`,
          [uuid(), Date.now()],
        ),
      );
      await sweep(Date.now() + HOURS / 2);
      expect(await count('relayed_event')).toBe(1);
      await sweep(Date.now() + 2 * HOURS);
      expect(await count('relayed_event')).toBe(0);
    });

    it('is nothing where the process that follows a run executes it itself', async () => {
      const name = uuid();
      const run = await executing.enqueue(await executing.createThread(), {
        graph_id: 'gated',
        kwargs: { input: { name }, stream_mode: ['updates'] },
      });
      const events = collect(executing.events(run));
      gates.open(name);
      expect((await events).length).toBe(3);
      expect([await count('relayed_event'), await count('relayed_end')]).toEqual([0, 0]);
    });
  },
);
