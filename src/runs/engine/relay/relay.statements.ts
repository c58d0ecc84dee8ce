/** All of these are for PostgreSQL: a SQLite file belongs to one process, which has nobody to relay to. */

/** Parameters: the run, its events as a JSON list, the id before which they were said before anybody asked, now. */
export const relayEventsSql = `
  INSERT INTO "relayed_event" ("run_id", "id", "event", "data", "said_before", "stored_at")
  SELECT $1, e."id", e."event", e."json", e."id" < $3::bigint, $4::bigint
  FROM json_to_recordset($2::json) AS e("id" bigint, "event" text, "json" text)
  ON CONFLICT DO NOTHING`;

/** Parameters: runs and outcomes as a JSON list, now. */
export const relayEndsSql = `
  INSERT INTO "relayed_end" ("run_id", "outcome", "ended_at")
  SELECT e."run_id", e."outcome", $2::bigint FROM json_to_recordset($1::json) AS e("run_id" text, "outcome" text)
  ON CONFLICT DO NOTHING`;

/**
 * A page of the events of each run from an id on, in their order. Parameters: runs and ids as a JSON list, the length of a page.
 *
 * @param source the table where they are, and whether they were said before, which only one of the two tells
 */
export function pagesSql(source: 'relayed_event' | 'run_event'): string {
  const saidBefore = source === 'relayed_event' ? 'e."said_before"' : 'FALSE';
  return `
  SELECT p.* FROM json_to_recordset($1::json) AS w("run_id" text, "from" bigint)
  CROSS JOIN LATERAL (
    SELECT e."run_id", e."id", e."event", e."data", ${saidBefore} AS "said_before"
    FROM "${source}" e WHERE e."run_id" = w."run_id" AND e."id" >= w."from" ORDER BY e."id" LIMIT $2::integer
  ) p ORDER BY p."run_id", p."id"`;
}

/** Parameter: the run. */
export function lastIdSql(source: 'relayed_event' | 'run_event'): string {
  return `SELECT MAX("id") AS "id" FROM "${source}" WHERE "run_id" = $1`;
}

/** Parameter: the runs as a JSON list. */
export const endsSql = `
  SELECT "run_id", "outcome" FROM "relayed_end"
  WHERE "run_id" IN (SELECT value FROM json_array_elements_text($1::json))`;

/**
 * Somebody wants to hear of a run that is live. Parameters: the run, who; and whether the events as well.
 */
export const followSql = `
  UPDATE "run" SET
    "outcome_for" = CASE WHEN COALESCE("outcome_for", $2) = $2 THEN $2 ELSE '*' END,
    "events_for" = CASE WHEN NOT $3::boolean THEN "events_for" WHEN COALESCE("events_for", $2) = $2 THEN $2 ELSE '*' END
  WHERE "run_id" = $1 AND "status" IN ('pending', 'running')
  RETURNING "status"`;

/** Forgets runs that ended before a moment, with their events. Parameters: the moment, how many runs. */
export const forgetEndedSql = `
  WITH old AS (
    DELETE FROM "relayed_end" WHERE "run_id" IN (
      SELECT "run_id" FROM "relayed_end" WHERE "ended_at" < $1 ORDER BY "ended_at" LIMIT $2 FOR UPDATE SKIP LOCKED
    ) RETURNING "run_id"
  ), gone AS (DELETE FROM "relayed_event" WHERE "run_id" IN (SELECT "run_id" FROM old))
  SELECT "run_id" FROM old`;

/** Forgets events whose run is gone without an end that was told. Parameters: the moment they were stored before, how many. */
export const forgetOrphansSql = `
  DELETE FROM "relayed_event" WHERE ("run_id", "id") IN (
    SELECT e."run_id", e."id" FROM "relayed_event" e
    WHERE e."stored_at" < $1
      AND NOT EXISTS (SELECT 1 FROM "run" r WHERE r."run_id" = e."run_id" AND r."status" IN ('pending', 'running'))
      AND NOT EXISTS (SELECT 1 FROM "relayed_end" x WHERE x."run_id" = e."run_id")
    LIMIT $2
  )`;
