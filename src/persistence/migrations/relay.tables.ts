/**
 * What processes tell each other of runs through the tables, the same on both databases. Neither table refers to `run`: what a reader
 * elsewhere has not heard yet outlives a run that was rolled back, or took its thread along.
 */
export const relayTables: readonly string[] = [
  `ALTER TABLE "run" ADD COLUMN "outcome_for" varchar`,
  `ALTER TABLE "run" ADD COLUMN "events_for" varchar`,
  `ALTER TABLE "thread" ADD COLUMN "followed_by" varchar`,
  `ALTER TABLE "thread" ADD COLUMN "followed_until" bigint`,
  `CREATE TABLE "relayed_event" (
    "run_id" varchar NOT NULL,
    "id" bigint NOT NULL,
    "event" varchar NOT NULL,
    "data" text NOT NULL,
    "said_before" boolean NOT NULL,
    "stored_at" bigint NOT NULL,
    PRIMARY KEY ("run_id", "id")
  )`,
  `CREATE TABLE "relayed_end" (
    "run_id" varchar PRIMARY KEY NOT NULL,
    "outcome" text NOT NULL,
    "ended_at" bigint NOT NULL
  )`,
  `CREATE INDEX "relayed_end_ended_at" ON "relayed_end" ("ended_at")`,
];
