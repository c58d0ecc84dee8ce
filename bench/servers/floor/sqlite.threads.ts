import sqlite3 from 'sqlite3';
import type { JsonObject } from '../../../src/http/json.js';
import { PAGE, type Reach, type ThreadRow, type Threads } from './threads.js';

const COLUMNS = `"thread_id", "created_at", "updated_at", "state_updated_at", json("metadata") AS "metadata", "status",
  json("config") AS "config", json("values") AS "values", json("interrupts") AS "interrupts", "revision"`;
const NEWEST = `ORDER BY "created_at" DESC, "thread_id" DESC LIMIT ${PAGE + 1}`;
const OWNED = `("metadata" -> 'owner') = ?`;
const READERS = 2;

type StoredRow = { readonly [K in keyof ThreadRow]: unknown };

/** On the service's driver, with as many connections as the service has. */
export class SqliteThreads implements Threads {
  private constructor(
    private readonly writer: Connection,
    private readonly readers: readonly Connection[],
  ) {}

  static async open(path: string): Promise<SqliteThreads> {
    const writer = await Connection.open(path);
    await writer.all('PRAGMA journal_mode = WAL', []);
    await writer.all('PRAGMA synchronous = NORMAL', []);
    await writer.all('PRAGMA wal_autocheckpoint = 4000', []);
    const readers = await Promise.all(Array.from({ length: READERS }, () => Connection.open(path)));
    for (const connection of [writer, ...readers]) await connection.all('PRAGMA cache_size = -16384', []);
    return new SqliteThreads(writer, readers);
  }

  async get(id: string, owner: string) {
    const [row] = await this.read(`SELECT ${COLUMNS} FROM "thread" WHERE "thread_id" = ? AND ${OWNED}`, [
      id,
      JSON.stringify(owner),
    ]);
    return row;
  }

  async insert(id: string, metadata: JsonObject, now: number) {
    await this.writer.run(
      `INSERT INTO "thread" ("thread_id", "created_at", "updated_at", "metadata", "status", "config", "interrupts", "revision")
       VALUES (?, ?, ?, jsonb(?), 'idle', jsonb('{}'), jsonb('{}'), 0)`,
      [id, now, now, JSON.stringify(metadata)],
    );
  }

  async update({ thread_id, revision }: ThreadRow, metadata: JsonObject, owner: string, now: number) {
    const changes = await this.writer.run(
      `UPDATE "thread" SET "metadata" = jsonb(?), "updated_at" = ?, "revision" = ? WHERE "thread_id" = ? AND "revision" = ? AND ${OWNED}`,
      [JSON.stringify(metadata), now, revision + 1, thread_id, revision, JSON.stringify(owner)],
    );
    return changes === 1;
  }

  newest(owner: string, reach: Reach) {
    const [condition, values] = conditionOf(owner, reach);
    return this.read(`SELECT ${COLUMNS} FROM "thread" WHERE ${condition} ${NEWEST}`, values);
  }

  async count(owner: string) {
    const sql = `SELECT COUNT(*) AS "count" FROM "thread" WHERE ${OWNED}`;
    const [row] = await this.leastBusy().all<{ count: number }>(sql, [JSON.stringify(owner)]);
    return row.count;
  }

  private async read(sql: string, values: readonly unknown[]): Promise<readonly ThreadRow[]> {
    return (await this.leastBusy().all<StoredRow>(sql, values)).map(toRow);
  }

  private leastBusy(): Connection {
    return this.readers.reduce((best, reader) => (reader.load < best.load ? reader : best));
  }
}

function conditionOf(owner: string, reach: Reach): [string, readonly unknown[]] {
  const json = JSON.stringify(owner);
  switch (reach.kind) {
    case 'own':
      return reach.topic === undefined
        ? [OWNED, [json]]
        : [`${OWNED} AND ("metadata" -> '$.topic') = ?`, [json, JSON.stringify(reach.topic)]];
    case 'shared':
      return [
        `EXISTS (SELECT 1 FROM json_each("thread"."metadata", '$.shared_with') AS element WHERE element.value = ?)`,
        [owner],
      ];
    case 'team':
      return [`(${OWNED} OR ("metadata" -> 'team') = ?)`, [json, JSON.stringify(reach.team)]];
  }
}

function toRow({ metadata, config, values, interrupts, ...rest }: StoredRow): ThreadRow {
  return {
    ...rest,
    metadata: JSON.parse(metadata as string),
    config: JSON.parse(config as string),
    values: values === null ? null : JSON.parse(values as string),
    interrupts: JSON.parse(interrupts as string),
  } as ThreadRow;
}

/** One connection, its statements prepared once. */
class Connection {
  load = 0;
  private readonly prepared = new Map<string, sqlite3.Statement>();

  private constructor(private readonly database: sqlite3.Database) {}

  static open(path: string): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const database = new sqlite3.Database(path, (error) =>
        error ? reject(error) : resolve(new Connection(database)),
      );
    });
  }

  /** For whatever gives rows. Neither `get` nor `run`, which would leave the statement open, and a transaction with it. */
  all<R>(sql: string, values: readonly unknown[]): Promise<R[]> {
    this.load += 1;
    return new Promise((resolve, reject) => {
      this.statement(sql).all(values, (error: Error | null, rows: R[]) => {
        this.load -= 1;
        if (error) reject(error);
        else resolve(rows);
      });
    });
  }

  run(sql: string, values: readonly unknown[]): Promise<number> {
    return new Promise((resolve, reject) => {
      this.statement(sql).run(values, function (this: sqlite3.RunResult, error: Error | null) {
        if (error) reject(error);
        else resolve(this.changes);
      });
    });
  }

  private statement(sql: string): sqlite3.Statement {
    let statement = this.prepared.get(sql);
    if (!statement) this.prepared.set(sql, (statement = this.database.prepare(sql)));
    return statement;
  }
}
