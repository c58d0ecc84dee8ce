/**
 * The end of a run comes with the change of its thread, as on SQLite: one statement instead of seven in a transaction, each of which goes
 * to the database and back while the thread is locked. By the time the trigger runs the row of the thread is locked, and each of its
 * statements sees what was committed until then: a run that was queued while it waited, too. It writes on the thread that is changed and
 * on no other, and takes back what the column brings. Where the worker does not hold the run any more, somebody has cancelled it, or
 * another process has to be told of its end, the thread is not changed and nothing is written.
 */
const threadBringsRunEnd: readonly string[] = [
  'ALTER TABLE "thread" ADD COLUMN "brings" jsonb',
  `CREATE FUNCTION "thread_brings_run_end"() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    ended jsonb := NEW."brings" -> 'run';
  BEGIN
    IF NEW."followed_until" > (ended ->> 'ended_at')::bigint AND NEW."followed_by" <> ended ->> 'worker_id' THEN
      RETURN NULL;
    END IF;
    UPDATE "run" SET "status" = ended ->> 'status', "error" = NULL, "ended_at" = (ended ->> 'ended_at')::bigint,
        "updated_at" = (ended ->> 'ended_at')::bigint, "worker_id" = NULL, "lease_expires_at" = NULL
      WHERE "run_id" = ended ->> 'run_id' AND "thread_id" = NEW."thread_id" AND "worker_id" = ended ->> 'worker_id'
        AND "attempt" = (ended ->> 'attempt')::integer AND "status" = 'running' AND "cancel_action" IS NULL
        AND COALESCE("outcome_for", "worker_id") = "worker_id";
    IF NOT FOUND THEN
      RETURN NULL;
    END IF;
    INSERT INTO "checkpoint_blob" ("thread_id", "checkpoint_ns", "channel", "version", "type", "value")
      SELECT NEW."thread_id", r."checkpoint_ns", r."channel", r."version", r."type", r."value"
      FROM jsonb_to_recordset(NEW."brings" -> 'blobs')
        AS r("checkpoint_ns" text, "channel" text, "version" text, "type" text, "value" text)
      ON CONFLICT DO NOTHING;
    INSERT INTO "checkpoint_write" ("thread_id", "checkpoint_ns", "checkpoint_id", "task_id", "idx", "task_path", "run_id",
        "channel", "type", "value")
      SELECT NEW."thread_id", r."checkpoint_ns", r."checkpoint_id", r."task_id", r."idx", r."task_path", r."run_id",
        r."channel", r."type", r."value"
      FROM jsonb_to_recordset(NEW."brings" -> 'writes')
        AS r("checkpoint_ns" text, "checkpoint_id" text, "task_id" text, "idx" integer, "task_path" text, "run_id" text,
          "channel" text, "type" text, "value" text)
      ON CONFLICT DO NOTHING;
    INSERT INTO "checkpoint" ("thread_id", "checkpoint_ns", "checkpoint_id", "parent_checkpoint_id", "run_id", "type", "value",
        "metadata")
      SELECT NEW."thread_id", r."checkpoint_ns", r."checkpoint_id", r."parent_checkpoint_id", r."run_id", r."type", r."value",
        r."metadata"
      FROM jsonb_to_recordset(NEW."brings" -> 'checkpoints')
        AS r("checkpoint_ns" text, "checkpoint_id" text, "parent_checkpoint_id" text, "run_id" text, "type" text, "value" text,
          "metadata" jsonb);
    IF EXISTS (SELECT 1 FROM "run" WHERE "thread_id" = NEW."thread_id" AND "status" = 'pending') THEN
      NEW."status" := 'busy';
    END IF;
    NEW."brings" := NULL;
    RETURN NEW;
  END $$`,
  `CREATE TRIGGER "thread_brings_run_end" BEFORE UPDATE OF "brings" ON "thread"
    FOR EACH ROW WHEN (NEW."brings" IS NOT NULL) EXECUTE FUNCTION "thread_brings_run_end"()`,
];

/**
 * Deletes the thread of a stateless run, and the run with it, on the same conditions. Both rows are locked before, in the order in which
 * everybody locks them: what others have done to them until then counts.
 */
const deletionEndsRun: readonly string[] = [
  `CREATE FUNCTION "end_stateless_run"("of_thread" varchar, "of_run" varchar, "holder" varchar, "in_attempt" integer,
    "cancellation" varchar) RETURNS boolean LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM 1 FROM "thread" WHERE "thread_id" = "of_thread"
      AND ("followed_until" > extract(epoch FROM clock_timestamp()) * 1000 AND "followed_by" <> "holder") IS NOT TRUE
      FOR UPDATE;
    IF NOT FOUND THEN
      RETURN FALSE;
    END IF;
    PERFORM 1 FROM "run" WHERE "run_id" = "of_run" AND "thread_id" = "of_thread" AND "worker_id" = "holder"
      AND "attempt" = "in_attempt" AND "status" = 'running' AND "cancel_action" IS NOT DISTINCT FROM "cancellation"
      AND COALESCE("outcome_for", "holder") = "holder" FOR UPDATE;
    IF NOT FOUND THEN
      RETURN FALSE;
    END IF;
    DELETE FROM "thread" WHERE "thread_id" = "of_thread";
    RETURN TRUE;
  END $$`,
];

export const runEndsPostgres: readonly string[] = [...threadBringsRunEnd, ...deletionEndsRun];
