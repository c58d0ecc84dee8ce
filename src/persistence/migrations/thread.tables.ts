/** Threads, the same on both databases. Indexes on scope keys are made at boot, from the configuration. */
export const threadTables: readonly string[] = [
  `CREATE TABLE "thread" (
    "thread_id" varchar PRIMARY KEY NOT NULL,
    "created_at" bigint NOT NULL,
    "updated_at" bigint NOT NULL,
    "state_updated_at" bigint,
    "metadata" jsonb NOT NULL,
    "status" varchar NOT NULL,
    "config" jsonb NOT NULL,
    "values" jsonb,
    "interrupts" jsonb NOT NULL,
    "revision" integer NOT NULL,
    "ttl_strategy" varchar,
    "ttl_minutes" double precision,
    "expires_at" bigint
  )`,
  `CREATE INDEX "thread_expires_at" ON "thread" ("expires_at") WHERE "expires_at" IS NOT NULL`,
];
