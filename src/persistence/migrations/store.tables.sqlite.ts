/** The store of graphs on SQLite, whose text sorts by code points as it is. */
export const storeTablesSqlite: readonly string[] = [
  `CREATE TABLE "store_item" (
    "namespace" varchar NOT NULL,
    "key" varchar NOT NULL,
    "depth" integer NOT NULL,
    "document" jsonb NOT NULL,
    "covered" jsonb NOT NULL,
    "created_at" bigint NOT NULL,
    "updated_at" bigint NOT NULL,
    "ttl_minutes" double precision,
    "expires_at" bigint,
    PRIMARY KEY ("namespace", "key")
  )`,
  `CREATE INDEX "store_item_expires_at" ON "store_item" ("expires_at") WHERE "expires_at" IS NOT NULL`,
];
