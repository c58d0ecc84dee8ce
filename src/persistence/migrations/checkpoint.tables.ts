/** The tables of the checkpointer, the same on both databases. They follow their thread into deletion: `thread` has to exist before. */
export const checkpointTables: readonly string[] = [
  `CREATE TABLE "checkpoint" (
    "thread_id" varchar NOT NULL REFERENCES "thread" ("thread_id") ON DELETE CASCADE,
    "checkpoint_ns" varchar NOT NULL,
    "checkpoint_id" varchar NOT NULL,
    "parent_checkpoint_id" varchar,
    "run_id" varchar,
    "type" varchar NOT NULL,
    "value" text NOT NULL,
    "metadata" jsonb NOT NULL,
    PRIMARY KEY ("thread_id", "checkpoint_ns", "checkpoint_id")
  )`,
  `CREATE TABLE "checkpoint_blob" (
    "thread_id" varchar NOT NULL REFERENCES "thread" ("thread_id") ON DELETE CASCADE,
    "checkpoint_ns" varchar NOT NULL,
    "channel" varchar NOT NULL,
    "version" varchar NOT NULL,
    "type" varchar NOT NULL,
    "value" text NOT NULL,
    PRIMARY KEY ("thread_id", "checkpoint_ns", "channel", "version")
  )`,
  `CREATE TABLE "checkpoint_write" (
    "thread_id" varchar NOT NULL REFERENCES "thread" ("thread_id") ON DELETE CASCADE,
    "checkpoint_ns" varchar NOT NULL,
    "checkpoint_id" varchar NOT NULL,
    "task_id" varchar NOT NULL,
    "idx" integer NOT NULL,
    "task_path" varchar NOT NULL,
    "run_id" varchar,
    "channel" varchar NOT NULL,
    "type" varchar NOT NULL,
    "value" text NOT NULL,
    PRIMARY KEY ("thread_id", "checkpoint_ns", "checkpoint_id", "task_id", "idx")
  )`,
];
