import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuid } from 'uuid';
import pg from 'pg';
import type { Run } from '../../../src/runs/run.entity.js';
import { databases, type TestDatabase } from '../../support/databases.js';
import { gates } from './support/engine.graphs.js';
import { EngineHarness, until } from './support/engine.harness.js';

/** The writes of a run that wait for a lock of somebody else: of checkpoints, or of its end, which brings the last one. */
const WAITING = `
  FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
    AND (query ILIKE '%checkpoint%' OR query ILIKE '%brings%')`;

/** The checkpoint between the graph's two nodes: -1 is its input, 0 its start. */
const SAVED_BEFORE_GATE = `SELECT 1 FROM checkpoint WHERE thread_id = $1 AND metadata ->> 'step' = '1'`;

describe.each(databases.filter(({ dialect }) => dialect === 'postgres'))(
  'a run whose connection to $dialect is lost',
  ({ create }) => {
    let database: TestDatabase;
    let server: EngineHarness;
    /** Within a transaction nobody sees what others do meanwhile: one locks, the other one looks. */
    let locker: pg.Client;
    let operator: pg.Client;

    beforeAll(async () => {
      database = await create();
      server = await EngineHarness.start(database.url, { leaseMs: 900 });
      locker = new pg.Client({ connectionString: database.url });
      operator = new pg.Client({ connectionString: database.url });
      await Promise.all([locker.connect(), operator.connect()]);
    });
    afterAll(async () => {
      await Promise.all([locker.end(), operator.end()]);
      await server.stop();
      await database.drop();
    });

    /** Loses the connection that the run writes its last checkpoint through, with whatever else is written then. */
    async function loseLastWrite(durability?: 'sync'): Promise<Run> {
      const name = uuid();
      const threadId = await server.createThread();
      const run = await server.enqueue(threadId, {
        graph_id: 'gated',
        kwargs: { input: { name }, ...(durability && { durability }) },
      });
      const outcome = server.outcome(run);
      await until('the run is at its gate', () => gates.entered.includes(name));
      await until(
        'what it did before is saved',
        async () => (await operator.query(SAVED_BEFORE_GATE, [threadId])).rowCount! > 0,
      );
      await locker.query('BEGIN; LOCK TABLE checkpoint IN ACCESS EXCLUSIVE MODE');
      gates.open(name);
      await until(
        'it waits for the lock',
        async () => (await operator.query(`SELECT 1 ${WAITING}`)).rowCount! > 0,
      );
      await operator.query(`SELECT pg_terminate_backend(pid) ${WAITING}`);
      await locker.query('COMMIT');
      expect(await outcome).toMatchObject({
        status: 'success',
        values: { log: [`${name} came`, `${name} passed`] },
      });
      return run;
    }

    it('has not failed: it continues from its last checkpoint, and says nothing of an error', async () => {
      const run = await loseLastWrite('sync');
      expect(await server.findRun(run)).toMatchObject({ status: 'success', attempt: 2, error: null });
    });

    it('need not be continued where its graph has left off: its end is recorded again', async () => {
      const run = await loseLastWrite();
      expect(await server.findRun(run)).toMatchObject({ status: 'success', attempt: 1, error: null });
    });
  },
);
