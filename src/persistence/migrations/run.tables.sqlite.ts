/**
 * Runs and the events of resumable ones on SQLite. The queue is the part of the table that the partial indexes hold: to claim a run
 * costs the same however many have ended.
 */
export const runTablesSqlite: readonly string[] = [
  `CREATE TABLE "run" (
    "run_id" varchar PRIMARY KEY NOT NULL,
    "thread_id" varchar NOT NULL REFERENCES "thread" ("thread_id") ON DELETE CASCADE,
    "assistant_id" varchar NOT NULL,
    "graph_id" varchar NOT NULL,
    "created_at" bigint NOT NULL,
    "updated_at" bigint NOT NULL,
    "status" varchar NOT NULL,
    "metadata" jsonb NOT NULL,
    "kwargs" jsonb NOT NULL,
    "multitask_strategy" varchar NOT NULL,
    "principal" jsonb NOT NULL,
    "decision" jsonb NOT NULL,
    "position" integer NOT NULL,
    "run_after" bigint NOT NULL,
    "attempt" integer NOT NULL,
    "worker_id" varchar,
    "lease_expires_at" bigint,
    "lease_losses" integer NOT NULL,
    "cancel_action" varchar,
    "resumable" boolean NOT NULL,
    "temporary" boolean NOT NULL,
    "started_at" bigint,
    "ended_at" bigint,
    "error" jsonb
  )`,
  `CREATE UNIQUE INDEX "run_one_running" ON "run" ("thread_id") WHERE "status" = 'running'`,
  `CREATE INDEX "run_queue" ON "run" ("run_after", "run_id") WHERE "status" = 'pending'`,
  `CREATE INDEX "run_pending_of_thread" ON "run" ("thread_id", "position") WHERE "status" = 'pending'`,
  `CREATE INDEX "run_lease" ON "run" ("lease_expires_at") WHERE "status" = 'running'`,
  `CREATE INDEX "run_of_thread" ON "run" ("thread_id", "created_at", "run_id")`,
  `CREATE TABLE "run_event" (
    "run_id" varchar NOT NULL REFERENCES "run" ("run_id") ON DELETE CASCADE,
    "id" integer NOT NULL,
    "step" integer,
    "event" varchar NOT NULL,
    "data" text NOT NULL,
    PRIMARY KEY ("run_id", "id")
  )`,
];
