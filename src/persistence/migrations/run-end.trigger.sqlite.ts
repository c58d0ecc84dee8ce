/**
 * The end of a run comes with the change of its thread: the run's row, and what the run saved last. One statement instead of six in a
 * transaction, for each of which SQLite's one writer would be kept until the process gets to the next. The trigger takes them, in JSON,
 * from a column that is empty again afterwards, and writes them on the thread that was changed and on no other. The change fails with them,
 * also where the worker does not hold the run any more or somebody has cancelled it. PostgreSQL has no use for it.
 */
export const threadBringsRunEndSqlite: readonly string[] = [
  'ALTER TABLE "thread" ADD COLUMN "brings" text',
  `CREATE TRIGGER "thread_brings_run_end" AFTER UPDATE OF "brings" ON "thread" WHEN NEW."brings" IS NOT NULL BEGIN
    UPDATE "run" SET "status" = NEW."brings" ->> '$.run.status', "error" = NULL,
        "ended_at" = NEW."brings" ->> '$.run.ended_at', "updated_at" = NEW."brings" ->> '$.run.ended_at',
        "worker_id" = NULL, "lease_expires_at" = NULL
      WHERE "run_id" = NEW."brings" ->> '$.run.run_id' AND "thread_id" = NEW."thread_id"
        AND "worker_id" = NEW."brings" ->> '$.run.worker_id' AND "attempt" = NEW."brings" ->> '$.run.attempt'
        AND "status" = 'running' AND "cancel_action" IS NULL;
    SELECT RAISE(ABORT, 'the run is not held, or was cancelled') WHERE changes() = 0;
    INSERT INTO "checkpoint_blob" ("thread_id", "checkpoint_ns", "channel", "version", "type", "value")
      SELECT NEW."thread_id", row.value ->> 'checkpoint_ns', row.value ->> 'channel', row.value ->> 'version',
        row.value ->> 'type', row.value ->> 'value'
      FROM json_each(NEW."brings", '$.blobs') row WHERE TRUE
      ON CONFLICT DO NOTHING;
    INSERT INTO "checkpoint_write" ("thread_id", "checkpoint_ns", "checkpoint_id", "task_id", "idx", "task_path", "run_id",
        "channel", "type", "value")
      SELECT NEW."thread_id", row.value ->> 'checkpoint_ns', row.value ->> 'checkpoint_id', row.value ->> 'task_id',
        row.value ->> 'idx', row.value ->> 'task_path', row.value ->> 'run_id', row.value ->> 'channel',
        row.value ->> 'type', row.value ->> 'value'
      FROM json_each(NEW."brings", '$.writes') row WHERE TRUE
      ON CONFLICT DO NOTHING;
    INSERT INTO "checkpoint" ("thread_id", "checkpoint_ns", "checkpoint_id", "parent_checkpoint_id", "run_id", "type", "value",
        "metadata")
      SELECT NEW."thread_id", row.value ->> 'checkpoint_ns', row.value ->> 'checkpoint_id',
        row.value ->> 'parent_checkpoint_id', row.value ->> 'run_id', row.value ->> 'type', row.value ->> 'value',
        jsonb_extract(row.value, '$.metadata')
      FROM json_each(NEW."brings", '$.checkpoints') row;
    UPDATE "thread" SET "brings" = NULL, "status" = CASE
        WHEN EXISTS (SELECT 1 FROM "run" WHERE "thread_id" = NEW."thread_id" AND "status" = 'pending') THEN 'busy'
        ELSE "status" END
      WHERE "thread_id" = NEW."thread_id";
  END`,
];
