import { MAY_START } from './queue.statements.js';

/** Runs at the head of the queue that are looked at before it is gone through by identity. */
const HEAD = 256;

/** A run's identity, as the indexes have it. */
const identityOf = (run: string): string => `${run}."principal" ->> 'identity'`;

/** A run that takes up a slot of its identity: as the indexes have it, too. */
const takesSlot = (run: string): string =>
  `${run}."status" = 'running' AND ${run}."slot_attempt" = ${run}."attempt"`;

/**
 * Claims as `claimSql` does, where an identity may have no more than `limit` runs at once: runs of those who have are passed over.
 * The run takes the lowest free slot of its identity. No two runs can have the same one, so two workers that take one at the same time
 * break the rule of the index, and one of them looks again.
 *
 * There are two statements, and the second one is for when the first finds nothing. The first looks at the head of the queue, which is enough
 * unless one identity has flooded it; the second asks each identity that waits for its first run, so that what it costs depends on how many
 * wait and not on how much they want.
 *
 * Parameters: the worker, the end of its lease, now.
 *
 * @param returned the SQL of what is told of the run
 */
export function claimSlotSql(
  isPostgres: boolean,
  limit: number,
  returned = '"run_id"',
): readonly [string, string] {
  const claimAmong = (candidates: string): string =>
    `${claim(isPostgres, limit, candidates)} RETURNING ${returned}`;
  return [claimAmong(atHead), claimAmong(firstOfEach)];
}

function claim(isPostgres: boolean, limit: number, candidates: string): string {
  return `
  UPDATE "run" SET "status" = 'running', "worker_id" = $1, "lease_expires_at" = $2, "attempt" = "attempt" + 1,
    "slot_attempt" = "attempt" + 1, "slot" = ${lowestFreeSlot(isPostgres, limit)},
    "started_at" = COALESCE("started_at", $3), "updated_at" = $3
  WHERE "run_id" = (
    WITH RECURSIVE "full" ("identity") AS (
      SELECT ${identityOf('f')} FROM "run" f WHERE ${takesSlot('f')}
      GROUP BY ${identityOf('f')} HAVING COUNT(*) >= ${limit}
    ), ${candidates}
    SELECT r."run_id" FROM "run" r WHERE r."run_id" IN (SELECT "run_id" FROM "candidate") AND ${MAY_START}
      AND ${identityOf('r')} NOT IN (SELECT "identity" FROM "full")
    ORDER BY r."run_after", r."run_id" LIMIT 1${isPostgres ? ' FOR UPDATE OF r SKIP LOCKED' : ''}
  )`;
}

const atHead = `
  "candidate" AS (
    SELECT h."run_id" FROM "run" h WHERE h."status" = 'pending' AND h."run_after" <= $3
    ORDER BY h."run_after", h."run_id" LIMIT ${HEAD}
  )`;

/** From one identity to the next by the index, whatever lies between. */
const firstOfEach = `
  "lane" ("identity") AS (
    SELECT (${nextIdentity('')})
    UNION ALL
    SELECT (${nextIdentity(`AND ${identityOf('n')} > l."identity"`)}) FROM "lane" l WHERE l."identity" IS NOT NULL
  ),
  "candidate" AS (
    SELECT (
      SELECT r."run_id" FROM "run" r WHERE ${identityOf('r')} = l."identity" AND ${MAY_START}
      ORDER BY r."run_after", r."run_id" LIMIT 1
    ) AS "run_id"
    FROM "lane" l WHERE l."identity" NOT IN (SELECT "identity" FROM "full")
  )`;

function nextIdentity(condition: string): string {
  return `
    SELECT ${identityOf('n')} FROM "run" n WHERE n."status" = 'pending' ${condition}
    ORDER BY ${identityOf('n')} LIMIT 1`;
}

function lowestFreeSlot(isPostgres: boolean, limit: number): string {
  const all = JSON.stringify(Array.from({ length: limit }, (_, index) => index + 1));
  const slots = isPostgres ? `json_array_elements_text('${all}')` : `json_each('${all}')`;
  return `(
      SELECT MIN(CAST(s.value AS integer)) FROM ${slots} s
      WHERE NOT EXISTS (
        SELECT 1 FROM "run" o
        WHERE ${takesSlot('o')} AND ${identityOf('o')} = ${identityOf('"run"')} AND o."slot" = CAST(s.value AS integer)
      )
    )`;
}
