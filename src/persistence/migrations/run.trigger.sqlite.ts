/**
 * A run that is queued takes its thread, whoever queues it: the thread is busy from then on, names what ran on it last (contract
 * 1.12), and is at the revision that gives the run its place. Where the thread was taken before the run was inserted, nothing is
 * left to do. PostgreSQL does the same by one statement that changes both tables.
 */
export const runTakesThreadSqlite: readonly string[] = [
  `CREATE TRIGGER "run_takes_thread" AFTER INSERT ON "run" WHEN NEW."status" IN ('pending', 'running') BEGIN
    UPDATE "thread" SET "status" = 'busy', "updated_at" = NEW."created_at", "revision" = NEW."position",
      "metadata" = jsonb_set("metadata", '$.graph_id', NEW."graph_id", '$.assistant_id', NEW."assistant_id")
    WHERE "thread_id" = NEW."thread_id" AND "status" <> 'busy';
  END`,
];
