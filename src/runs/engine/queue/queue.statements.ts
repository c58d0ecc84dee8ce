/** Parameters of each statement are numbered in the order in which SQLite meets them. */

/**
 * Claims the first pending run that is due and whose thread has neither a running run nor an older one that is due too.
 * PostgreSQL passes over what another worker is claiming; on SQLite there is one writer at a time.
 *
 * Parameters: the worker, the end of its lease, now.
 */
export function claimSql(isPostgres: boolean): string {
  return `
  UPDATE "run" SET "status" = 'running', "worker_id" = $1, "lease_expires_at" = $2, "attempt" = "attempt" + 1,
    "started_at" = COALESCE("started_at", $3), "updated_at" = $3
  WHERE "run_id" = (
    SELECT r."run_id" FROM "run" r
    WHERE r."status" = 'pending' AND r."run_after" <= $3
      AND NOT EXISTS (SELECT 1 FROM "run" o WHERE o."thread_id" = r."thread_id" AND o."status" = 'running')
      AND NOT EXISTS (
        SELECT 1 FROM "run" o WHERE o."thread_id" = r."thread_id" AND o."status" = 'pending'
          AND o."position" < r."position" AND o."run_after" <= $3
      )
    ORDER BY r."run_after", r."run_id" LIMIT 1${isPostgres ? ' FOR UPDATE OF r SKIP LOCKED' : ''}
  )
  RETURNING "run_id"`;
}

/** A thread shows how its last run ended until the next one is claimed. Parameter: the thread. */
export const markThreadBusySql = `
  UPDATE "thread" SET "status" = 'busy' WHERE "thread_id" = $1 AND "status" <> 'busy'`;

/** Parameter: now. */
export const nextDueSql = `
  SELECT MIN("run_after") AS "due" FROM "run" WHERE "status" = 'pending' AND "run_after" > $1`;

/** Parameters: the new end of the leases, the worker, the ids of the runs as a JSON list. */
export function renewSql(isPostgres: boolean): string {
  const ids = isPostgres ? 'json_array_elements_text($3::json)' : 'json_each($3)';
  return `
  UPDATE "run" SET "lease_expires_at" = $1
  WHERE "worker_id" = $2 AND "status" = 'running' AND "run_id" IN (SELECT value FROM ${ids})
  RETURNING "run_id", "attempt", "cancel_action"`;
}

/** @param condition on one parameter */
export function takeBackSql(condition: string): string {
  return `
  UPDATE "run" SET "status" = 'pending', "worker_id" = NULL, "lease_expires_at" = NULL,
    "lease_losses" = "lease_losses" + 1
  WHERE "status" = 'running' AND ${condition}
  RETURNING "run_id"`;
}
