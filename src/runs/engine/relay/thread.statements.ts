/** Of those who said that they follow a thread and whose time has not run out, there are several, or only the one who says so now. */
const follow = `
  UPDATE "thread" SET "followed_until" = $4::bigint, "followed_by" =
    CASE WHEN COALESCE("followed_until", 0) < $3::bigint OR "followed_by" = $2 THEN $2 ELSE '*' END`;

/** Parameters: the thread, who follows it, now, until when. For PostgreSQL, as all of these. */
export const followThreadSql = `${follow} WHERE "thread_id" = $1 RETURNING "thread_id", "revision"`;

/**
 * The same for many at once, given as a JSON list. Rows that are locked are left for the next time: transactions that lock several
 * threads do so in an order.
 */
export const followThreadsSql = `${follow}
  WHERE "thread_id" IN (
    SELECT t."thread_id" FROM "thread" t
    WHERE t."thread_id" IN (SELECT value FROM json_array_elements_text($1::json)) FOR UPDATE SKIP LOCKED
  ) RETURNING "thread_id", "revision"`;

/** Parameter: the threads as a JSON list. */
export const revisionsSql = `
  SELECT "thread_id", "revision" FROM "thread"
  WHERE "thread_id" IN (SELECT value FROM json_array_elements_text($1::json))`;
