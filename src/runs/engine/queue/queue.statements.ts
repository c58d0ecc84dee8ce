/** Parameters of each statement are numbered in the order in which SQLite meets them. */

/** Of `r`: it is pending and due, and its thread has neither a running run nor an older one that is due too. */
export const MAY_START = `
    r."status" = 'pending' AND r."run_after" <= $3
      AND NOT EXISTS (SELECT 1 FROM "run" o WHERE o."thread_id" = r."thread_id" AND o."status" = 'running')
      AND NOT EXISTS (
        SELECT 1 FROM "run" o WHERE o."thread_id" = r."thread_id" AND o."status" = 'pending'
          AND o."position" < r."position" AND o."run_after" <= $3
      )`;

/** SQLite's own clock, in milliseconds: a statement may have waited for other writers, and what it starts had to wait with it. */
const NOW_SQLITE = `CAST(ROUND(unixepoch('subsec') * 1000) AS INTEGER)`;

/**
 * Claims the first pending run that is due and whose thread has neither a running run nor an older one that is due too.
 * PostgreSQL passes over what another worker is claiming; on SQLite there is one writer at a time.
 *
 * Parameters: the worker, the end of its lease, now.
 *
 * @param returned the SQL of what is told of the run
 */
export function claimSql(isPostgres: boolean, returned = '"run_id"'): string {
  const starts = isPostgres ? '$3' : NOW_SQLITE;
  return `
  UPDATE "run" SET "status" = 'running', "worker_id" = $1, "lease_expires_at" = $2, "attempt" = "attempt" + 1,
    "updated_at" = $3, "started_at" = COALESCE("started_at", ${starts})
  WHERE "run_id" = (
    SELECT r."run_id" FROM "run" r WHERE ${MAY_START}
    ORDER BY r."run_after", r."run_id" LIMIT 1${isPostgres ? ' FOR UPDATE OF r SKIP LOCKED' : ''}
  )
  RETURNING ${returned}`;
}

/** When the first of the pending runs is due. No parameters. */
export const firstDueSql = `SELECT MIN("run_after") AS "due" FROM "run" WHERE "status" = 'pending'`;

/** The same of those that are due later. Parameter: now. */
export const nextDueSql = `
  SELECT MIN("run_after") AS "due" FROM "run" WHERE "status" = 'pending' AND "run_after" > $1`;

/** Parameters: the new end of the leases, the worker, the ids of the runs as a JSON list. */
export function renewSql(isPostgres: boolean): string {
  const ids = isPostgres ? 'json_array_elements_text($3::json)' : 'json_each($3)';
  return `
  UPDATE "run" SET "lease_expires_at" = $1
  WHERE "worker_id" = $2 AND "status" = 'running' AND "run_id" IN (SELECT value FROM ${ids})
  RETURNING "run_id", "attempt", "cancel_action", "outcome_for", "events_for"`;
}

/** @param condition on one parameter */
export function takeBackSql(condition: string): string {
  return `
  UPDATE "run" SET "status" = 'pending', "worker_id" = NULL, "lease_expires_at" = NULL,
    "lease_losses" = "lease_losses" + 1
  WHERE "status" = 'running' AND ${condition}
  RETURNING "run_id"`;
}

/**
 * Records the end of a run, for the worker that holds it, and tells how many runs of its thread are still pending, who follows
 * the run, and who streams its thread: somebody may have begun to while the run was queued, and would not hear of one that is fast.
 *
 * Parameters: the status, the error as JSON, now, of the lease the run, the worker and the attempt, and the cancellation that the end knows of.
 */
export function endSql(isPostgres: boolean): string {
  return `
  UPDATE "run" SET "status" = $1, "error" = ${isPostgres ? '$2::jsonb' : 'jsonb($2)'},
    "ended_at" = $3, "updated_at" = $3, "worker_id" = NULL, "lease_expires_at" = NULL
  WHERE "run_id" = $4 AND "worker_id" = $5 AND "attempt" = $6 AND "status" = 'running'
    AND "cancel_action" ${isPostgres ? 'IS NOT DISTINCT FROM' : 'IS'} $7
  RETURNING (SELECT COUNT(*) FROM "run" o WHERE o."thread_id" = "run"."thread_id" AND o."status" = 'pending') AS "pending",
    "outcome_for", "events_for",
    (SELECT t."followed_by" FROM "thread" t WHERE t."thread_id" = "run"."thread_id" AND t."followed_until" > $3) AS "streaming"`;
}

/**
 * Deletes a thread that was made for one run, and the run with it, for the worker that holds the run. On PostgreSQL a function does it,
 * which locks both rows first; there it deletes nothing either where another process follows the run.
 *
 * Parameters: the thread, of the lease the run, the worker and the attempt, and the cancellation that the end knows of.
 */
export function deleteThreadSql(isPostgres: boolean): string {
  if (isPostgres) return 'SELECT 1 WHERE "end_stateless_run"($1, $2, $3, $4, $5)';
  return `
  DELETE FROM "thread" WHERE "thread_id" = $1 AND EXISTS (
    SELECT 1 FROM "run" r WHERE r."thread_id" = "thread"."thread_id" AND r."run_id" = $2
      AND r."worker_id" = $3 AND r."attempt" = $4 AND r."status" = 'running' AND r."cancel_action" IS $5
  )
  RETURNING "thread_id"`;
}

/** Parameter: the thread. */
export const lockThreadSql = `SELECT 1 FROM "thread" WHERE "thread_id" = $1 FOR UPDATE`;
