/**
 * How many requests each identity has made in its current minute; of several processes, so only on PostgreSQL. The columns are those of
 * the library that counts. Not logged: what a crash takes away is the count of a minute.
 */
export const requestCountTablesPostgres: readonly string[] = [
  `CREATE UNLOGGED TABLE "request_count" (
    "key" varchar PRIMARY KEY,
    "points" integer NOT NULL DEFAULT 0,
    "expire" bigint
  )`,
];

/**
 * Which of its slots a run takes up of those that its identity has, the same on both databases. It is a slot of one attempt: another
 * attempt, also by an older process, leaves the rule of the index. The second index is the queue of each identity.
 */
export const runSlotTables: readonly string[] = [
  `ALTER TABLE "run" ADD COLUMN "slot" integer`,
  `ALTER TABLE "run" ADD COLUMN "slot_attempt" integer`,
  `CREATE UNIQUE INDEX "run_slot" ON "run" (("principal" ->> 'identity'), "slot")
   WHERE "status" = 'running' AND "slot_attempt" = "attempt"`,
  `CREATE INDEX "run_lane" ON "run" (("principal" ->> 'identity'), "run_after", "run_id") WHERE "status" = 'pending'`,
];
