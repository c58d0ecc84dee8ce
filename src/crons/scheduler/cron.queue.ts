import { Injectable } from '@nestjs/common';
import { DataSource, In, type EntityManager } from 'typeorm';
import { runAsSystem } from '../../on-auth/index.js';
import { rowOf } from '../../persistence/row.js';
import { isPostgres, rowsOf } from '../../runs/engine/queue/run.sql.js';
import { nextRunDate } from '../cron.dates.js';
import { Cron, type CronError } from '../cron.entity.js';

/** How many crons a process takes at a time, and for how long. */
const BATCH = 16;
const CLAIM_MS = 15_000;

/** What became of an occurrence: a run, a refusal, or nothing because the end had passed. */
export type Outcome =
  | { readonly kind: 'fired' }
  | { readonly kind: 'failed'; readonly error: CronError }
  | { readonly kind: 'over' };

/** Somebody else has fired the occurrence, or the cron was changed since it was claimed. Nothing was written. */
export class OccurrenceTakenError extends Error {
  override readonly name = 'OccurrenceTakenError';
}

/** The table of crons as a queue of occurrences. */
@Injectable()
export class CronQueue {
  private readonly claimSql: string;

  constructor(private readonly dataSource: DataSource) {
    this.claimSql = claimSql(isPostgres(dataSource));
  }

  /** The next few crons that are due at a moment and that no other process has taken; none when there are no more. */
  claim(now: number): Promise<readonly Cron[]> {
    return runAsSystem('claim crons that are due', async () => {
      const { manager } = this.dataSource;
      const rows = await rowsOf<{ cron_id: string }>(manager, this.claimSql, [now, BATCH, now + CLAIM_MS]);
      if (rows.length === 0) return [];
      const claimed = In(rows.map(({ cron_id }) => cron_id));
      return manager.find(Cron, { where: { cron_id: claimed }, order: { next_run_date: 'ASC' } });
    });
  }

  /** When the next occurrence after a moment is due, in milliseconds since the epoch. */
  nextDue(after: number): Promise<number | undefined> {
    return runAsSystem('look when the next cron is due', async () => {
      const [row] = await rowsOf<{ due: number | string | null }>(this.dataSource.manager, NEXT_DUE, [after]);
      return row?.due === null || row === undefined ? undefined : Number(row.due);
    });
  }

  /**
   * Turns a cron to its next occurrence from exactly the one that it was claimed for: of all who try, one succeeds. In a transaction
   * with what the firing writes, this is what makes it happen once, whoever holds which claim and whoever is killed when.
   * Occurrences that were missed meanwhile are passed over.
   *
   * @throws OccurrenceTakenError
   */
  advance(cron: Cron, outcome: Outcome, manager: EntityManager = this.dataSource.manager): Promise<void> {
    const { cron_id, revision, next_run_date } = cron;
    if (!next_run_date) return Promise.reject(new OccurrenceTakenError());
    const now = new Date();
    const change = rowOf<Cron>({
      next_run_date: outcome.kind === 'over' ? null : nextRunDate(cron, later(now, next_run_date)),
      claimed_until: null,
      attempts: 0,
      ...(outcome.kind === 'fired' && { last_fired_at: now }),
      ...(outcome.kind === 'failed' && { last_error: outcome.error }),
    });
    return runAsSystem('turn a cron to its next occurrence', async () => {
      const { affected } = await manager.update(Cron, { cron_id, revision, next_run_date }, change);
      if (affected !== 1) throw new OccurrenceTakenError();
    });
  }
}

/** Parameters, numbered in the order in which SQLite meets them: now, how many, the end of the claim. */
function claimSql(isPostgres: boolean): string {
  return `
  WITH due AS MATERIALIZED (
    SELECT "cron_id" FROM "cron"
    WHERE "next_run_date" <= $1 AND ("claimed_until" IS NULL OR "claimed_until" < $1)
    ORDER BY "next_run_date", "cron_id" LIMIT $2${isPostgres ? ' FOR UPDATE SKIP LOCKED' : ''}
  )
  UPDATE "cron" SET "claimed_until" = $3, "attempts" = "attempts" + 1
  WHERE "cron_id" IN (SELECT "cron_id" FROM due)
  RETURNING "cron_id"`;
}

/** Parameter: after which moment. */
const NEXT_DUE = `SELECT MIN("next_run_date") AS "due" FROM "cron" WHERE "next_run_date" > $1`;

function later(one: Date, other: Date): Date {
  return one > other ? one : other;
}
