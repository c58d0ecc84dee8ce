import pg from 'pg';
import type { JsonObject } from '../../../src/http/json.js';
import { PAGE, type Reach, type ThreadRow, type Threads } from './threads.js';

const COLUMNS = `"thread_id", "created_at", "updated_at", "state_updated_at", "metadata", "status", "config", "values", "interrupts", "revision"`;
const NEWEST = `ORDER BY "created_at" DESC, "thread_id" DESC LIMIT ${PAGE + 1}`;
const OWNED = `("metadata" -> 'owner') = $1::jsonb`;

/** On the service's driver; a statement with a name is prepared once for each connection of the pool. */
export class PostgresThreads implements Threads {
  private readonly pool: pg.Pool;

  constructor(connectionString: string) {
    this.pool = new pg.Pool({ connectionString });
  }

  async get(id: string, owner: string) {
    const { rows } = await this.pool.query<ThreadRow>({
      name: 'get',
      text: `SELECT ${COLUMNS} FROM "thread" WHERE ${OWNED} AND "thread_id" = $2`,
      values: [JSON.stringify(owner), id],
    });
    return rows.at(0);
  }

  async insert(id: string, metadata: JsonObject, now: number) {
    await this.pool.query({
      name: 'insert',
      text: `INSERT INTO "thread" ("thread_id", "created_at", "updated_at", "metadata", "status", "config", "interrupts", "revision")
             VALUES ($1, $2, $2, $3, 'idle', '{}', '{}', 0)`,
      values: [id, now, JSON.stringify(metadata)],
    });
  }

  async update({ thread_id, revision }: ThreadRow, metadata: JsonObject, owner: string, now: number) {
    const { rowCount } = await this.pool.query({
      name: 'update',
      text: `UPDATE "thread" SET "metadata" = $2, "updated_at" = $3, "revision" = $4 WHERE ${OWNED} AND "thread_id" = $5 AND "revision" = $6`,
      values: [JSON.stringify(owner), JSON.stringify(metadata), now, revision + 1, thread_id, revision],
    });
    return rowCount === 1;
  }

  async newest(owner: string, reach: Reach) {
    const [name, condition, values] = conditionOf(owner, reach);
    const text = `SELECT ${COLUMNS} FROM "thread" WHERE ${condition} ${NEWEST}`;
    return (await this.pool.query<ThreadRow>({ name, text, values: [...values] })).rows;
  }

  async count(owner: string) {
    const { rows } = await this.pool.query<{ count: string }>({
      name: 'count',
      text: `SELECT COUNT(*) AS "count" FROM "thread" WHERE ${OWNED}`,
      values: [JSON.stringify(owner)],
    });
    return Number(rows[0].count);
  }
}

function conditionOf(owner: string, reach: Reach): [string, string, readonly unknown[]] {
  const json = JSON.stringify(owner);
  switch (reach.kind) {
    case 'own':
      return reach.topic === undefined
        ? ['newest', OWNED, [json]]
        : [
            'newest of a topic',
            `${OWNED} AND "metadata" @> $2::jsonb`,
            [json, JSON.stringify({ topic: reach.topic })],
          ];
    case 'shared':
      return ['newest shared', `"metadata" @> $1::jsonb`, [JSON.stringify({ shared_with: [owner] })]];
    case 'team':
      return [
        'newest of a team',
        `(${OWNED} OR ("metadata" -> 'team') = $2::jsonb)`,
        [json, JSON.stringify(reach.team)],
      ];
  }
}
