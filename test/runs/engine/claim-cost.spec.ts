import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runAsSystem } from '../../../src/on-auth/authorization.context.js';
import { claimSql, nextDueSql, takeBackSql } from '../../../src/runs/engine/queue/queue.statements.js';
import { claimSlotSql } from '../../../src/runs/engine/queue/slot.statements.js';
import { databases, type TestDatabase } from '../../support/databases.js';
import { EngineHarness } from './support/engine.harness.js';

const ENDED = 20_000;

/** Ended runs as there are after some time of use, on one thread. */
const numbers = {
  sqlite: `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ENDED}) SELECT i FROM n`,
  postgres: `SELECT i FROM generate_series(1, ${ENDED}) AS n(i)`,
};

describe.each(databases)('to look into the queue on $dialect', ({ dialect, create }) => {
  let database: TestDatabase;
  let server: EngineHarness;

  beforeAll(async () => {
    database = await create();
    server = await EngineHarness.start(database.url, { concurrency: 0 });
    const thread = await server.createThread();
    await server.enqueue(thread);
    await query(`
      INSERT INTO "run" ("run_id", "thread_id", "assistant_id", "graph_id", "created_at", "updated_at", "status", "metadata",
        "kwargs", "multitask_strategy", "principal", "decision", "position", "run_after", "attempt", "lease_losses",
        "resumable", "temporary", "ended_at")
      SELECT 'ended ' || n.i, "thread_id", "assistant_id", "graph_id", n.i, n.i, 'success', r."metadata", "kwargs",
        "multitask_strategy", "principal", "decision", -n.i, n.i, 1, 0, "resumable", "temporary", n.i
      FROM "run" r CROSS JOIN (${numbers[dialect]}) n`);
    await query('ANALYZE');
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  function query(sql: string, parameters: unknown[] = []): Promise<object[]> {
    return runAsSystem('look at a plan', () => server.dataSource.query(sql, parameters));
  }

  const now = Date.now();
  it.each([
    ['claims the next run', claimSql(dialect === 'postgres'), ['worker', now, now]],
    ...claimSlotSql(dialect === 'postgres', 2).map(
      (sql, index) =>
        [
          `claims the next run of an identity with a free slot, ${index === 0 ? 'near the head' : 'far behind it'}`,
          sql,
          ['worker', now, now],
        ] as [string, string, unknown[]],
    ),
    ['finds when the next one is due', nextDueSql, [now]],
    ['takes back what dead workers have left', takeBackSql('"lease_expires_at" < $1'), [now]],
  ])(
    '%s by the small index of the runs in question, not by those that have ended',
    async (_, sql, parameters) => {
      const explain = dialect === 'postgres' ? 'EXPLAIN' : 'EXPLAIN QUERY PLAN';
      const plan = JSON.stringify(await query(`${explain} ${sql}`, parameters));
      expect(plan).toMatch(/run_(queue|lease|lane)/);
      expect(plan).not.toMatch(/Seq Scan|SCAN ([rofhn]|run)"|run_of_thread/);
    },
  );
});
