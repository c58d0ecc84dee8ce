/**
 * Calls to be made because runs have ended, the same on both databases. A row outlives its run and thread. The first index is the queue,
 * and holds what is needed to pass over busy origins.
 */
export const webhookTables: readonly string[] = [
  `CREATE TABLE "webhook_delivery" (
    "delivery_id" varchar PRIMARY KEY NOT NULL,
    "run_id" varchar NOT NULL,
    "thread_id" varchar NOT NULL,
    "url" text NOT NULL,
    "origin" varchar NOT NULL,
    "payload" jsonb NOT NULL,
    "status" varchar NOT NULL,
    "created_at" bigint NOT NULL,
    "attempts" integer NOT NULL,
    "due_at" bigint NOT NULL,
    "worker_id" varchar,
    "last_error" varchar
  )`,
  `CREATE INDEX "webhook_delivery_queue" ON "webhook_delivery" ("due_at", "delivery_id", "origin") WHERE "status" = 'pending'`,
  `CREATE INDEX "webhook_delivery_failed" ON "webhook_delivery" ("due_at") WHERE "status" = 'failed'`,
];
