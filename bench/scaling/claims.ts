import pg from 'pg';
import { claimSql } from '../../src/runs/engine/queue/queue.statements.js';

const sql = claimSql(true);

/** Milliseconds that each of some claims takes; what they claim is given back. */
export async function timeClaims(url: string, count: number): Promise<readonly number[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const tookMs: number[] = [];
    for (let turn = 0; turn < count; turn += 1) {
      await client.query('BEGIN');
      const start = performance.now();
      const now = Date.now();
      const { rows } = await client.query(sql, ['bench', now + 60_000, now]);
      tookMs.push(performance.now() - start);
      await client.query('ROLLBACK');
      if (rows.length !== 1) throw new Error('there was no run to claim');
    }
    return tookMs;
  } finally {
    await client.end();
  }
}
