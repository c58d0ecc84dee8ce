/** Parameters of each statement are numbered in the order in which SQLite meets them. */

/**
 * Claims the delivery that has been due for longest, other than to an origin that is called often enough at the moment. PostgreSQL passes
 * over what another worker is claiming; on SQLite there is one writer at a time.
 *
 * Parameters: the worker, the end of its lease, now, the busy origins as a JSON list.
 */
export function claimSql(isPostgres: boolean): string {
  const busy = isPostgres ? 'json_array_elements_text($4::json)' : 'json_each($4)';
  return `
  UPDATE "webhook_delivery" SET "worker_id" = $1, "due_at" = $2, "attempts" = "attempts" + 1
  WHERE "delivery_id" = (
    SELECT d."delivery_id" FROM "webhook_delivery" d
    WHERE d."status" = 'pending' AND d."due_at" <= $3 AND d."origin" NOT IN (SELECT value FROM ${busy})
    ORDER BY d."due_at", d."delivery_id" LIMIT 1${isPostgres ? ' FOR UPDATE OF d SKIP LOCKED' : ''}
  )
  RETURNING "delivery_id"`;
}

/** Parameter: the busy origins as a JSON list. */
export function nextDueSql(isPostgres: boolean): string {
  const busy = isPostgres ? 'json_array_elements_text($1::json)' : 'json_each($1)';
  return `
  SELECT MIN("due_at") AS "due" FROM "webhook_delivery"
  WHERE "status" = 'pending' AND "origin" NOT IN (SELECT value FROM ${busy})`;
}
