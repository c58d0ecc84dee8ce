import { Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import { DataSource } from 'typeorm';
import { runAsSystem } from '../../on-auth/index.js';
import { rowsOf } from '../engine/queue/run.sql.js';

/** How long others may take to look, at most. A process that was cut off from the database for longer has heard of nothing. */
const KEPT_MS = 24 * 3_600_000;
/** So much may the clocks of processes differ, and a transaction take. */
const OVERLAP_MS = 60_000;

const RECORD = `INSERT INTO "revocation" ("revocation_id", "identity", "revoked_at") VALUES ($1, $2, $3)`;
const FORGET = `DELETE FROM "revocation" WHERE "revoked_at" < $1`;
const SINCE = `SELECT "revocation_id", "identity", "revoked_at" FROM "revocation" WHERE "revoked_at" > $1`;

interface RevocationRow {
  readonly revocation_id: string;
  readonly identity: string;
  readonly revoked_at: number | string;
}

/** Where processes leave each other word of who has lost access: a signal only says that there is something to read. */
@Injectable()
export class RevocationLog {
  /** What was read already and may be read again, with the time of each. */
  private readonly known = new Map<string, number>();
  private readUntil = Date.now();

  constructor(private readonly dataSource: DataSource) {}

  async record(identity: string): Promise<void> {
    const now = Date.now();
    const id = uuid();
    this.known.set(id, now);
    await runAsSystem('tell other processes who has lost access', async () => {
      await this.query(RECORD, [id, identity, now]);
      await this.query(FORGET, [now - KEPT_MS]);
    });
  }

  /** The identities that have lost access since this was asked last, or since the process started. */
  async news(): Promise<string[]> {
    const rows = await runAsSystem('hear who has lost access', () =>
      this.query<RevocationRow>(SINCE, [this.readUntil - OVERLAP_MS]),
    );
    const unknown = rows.filter(({ revocation_id }) => !this.known.has(revocation_id));
    for (const { revocation_id, revoked_at } of unknown) this.known.set(revocation_id, Number(revoked_at));
    this.readUntil = Math.max(this.readUntil, ...unknown.map(({ revoked_at }) => Number(revoked_at)));
    for (const [id, at] of this.known) if (at <= this.readUntil - OVERLAP_MS) this.known.delete(id);
    return unknown.map(({ identity }) => identity);
  }

  private query<Row>(sql: string, parameters: readonly unknown[]): Promise<Row[]> {
    return rowsOf<Row>(this.dataSource.manager, sql, parameters);
  }
}
