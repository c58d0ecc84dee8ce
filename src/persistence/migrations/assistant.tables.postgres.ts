/** Assistants and their versions on PostgreSQL. Names sort code point by code point, as on SQLite. Indexes on scope keys are made at boot, from the configuration. */
export const assistantTablesPostgres: readonly string[] = [
  `CREATE TABLE "assistant" (
    "assistant_id" varchar PRIMARY KEY,
    "graph_id" varchar COLLATE "C" NOT NULL,
    "config" jsonb NOT NULL,
    "context" jsonb NOT NULL,
    "created_at" bigint NOT NULL,
    "updated_at" bigint NOT NULL,
    "metadata" jsonb NOT NULL,
    "version" integer NOT NULL,
    "last_version" integer NOT NULL,
    "name" varchar COLLATE "C" NOT NULL,
    "folded_name" varchar COLLATE "C" NOT NULL,
    "description" varchar
  )`,
  `CREATE TABLE "assistant_version" (
    "assistant_id" varchar NOT NULL REFERENCES "assistant" ("assistant_id") ON DELETE CASCADE,
    "version" integer NOT NULL,
    "graph_id" varchar NOT NULL,
    "config" jsonb NOT NULL,
    "context" jsonb NOT NULL,
    "created_at" bigint NOT NULL,
    "metadata" jsonb NOT NULL,
    "name" varchar NOT NULL,
    "description" varchar,
    PRIMARY KEY ("assistant_id", "version")
  )`,
];
