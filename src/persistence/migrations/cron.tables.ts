/**
 * Crons, the same on both databases. They follow their thread and their assistant into deletion. What is due is read off an index that
 * holds no paused and no ended cron. Indexes on scope keys are made at boot, from the configuration.
 */
export const cronTables: readonly string[] = [
  `CREATE TABLE "cron" (
    "cron_id" varchar PRIMARY KEY NOT NULL,
    "assistant_id" varchar NOT NULL REFERENCES "assistant" ("assistant_id") ON DELETE CASCADE,
    "thread_id" varchar REFERENCES "thread" ("thread_id") ON DELETE CASCADE,
    "schedule" varchar NOT NULL,
    "timezone" varchar,
    "end_time" bigint,
    "enabled" boolean NOT NULL,
    "on_run_completed" varchar,
    "created_at" bigint NOT NULL,
    "updated_at" bigint NOT NULL,
    "user_id" varchar NOT NULL,
    "principal" jsonb NOT NULL,
    "payload" jsonb NOT NULL,
    "metadata" jsonb NOT NULL,
    "revision" integer NOT NULL,
    "next_run_date" bigint,
    "claimed_until" bigint,
    "attempts" integer NOT NULL,
    "last_fired_at" bigint,
    "last_error" jsonb
  )`,
  `CREATE INDEX "cron_due" ON "cron" ("next_run_date", "cron_id") WHERE "next_run_date" IS NOT NULL`,
  `CREATE INDEX "cron_of_thread" ON "cron" ("thread_id") WHERE "thread_id" IS NOT NULL`,
  `CREATE INDEX "cron_of_assistant" ON "cron" ("assistant_id")`,
];
