/** The store of graphs on PostgreSQL. Namespaces sort by code points, so that those below one are a range of the primary key. */
export const storeTablesPostgres: readonly string[] = [
  `CREATE TABLE "store_item" (
    "namespace" varchar COLLATE "C" NOT NULL,
    "key" varchar COLLATE "C" NOT NULL,
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
