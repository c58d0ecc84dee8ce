/** The newest items of a namespace, and the namespaces there are, are told from this index alone, wherever the items themselves lie. */
const changes: readonly string[] = [
  `ALTER TABLE "store_item" ADD COLUMN "index_paths" jsonb`,
  `CREATE INDEX "store_item_newest" ON "store_item" ("namespace", "updated_at", "key", "expires_at")`,
];

/** @param text the type of a column that sorts by code points, like the item's own */
const createStoreVector = (text: string): string => `CREATE TABLE "store_vector" (
    "namespace" ${text} NOT NULL,
    "key" ${text} NOT NULL,
    "place" integer NOT NULL,
    "path" varchar NOT NULL,
    "dims" integer NOT NULL,
    "vector" text NOT NULL,
    "put_at" bigint NOT NULL,
    PRIMARY KEY ("namespace", "key", "place"),
    FOREIGN KEY ("namespace", "key") REFERENCES "store_item" ("namespace", "key") ON DELETE CASCADE
  )`;

/** What store items mean, as vectors that go with their item. On PostgreSQL, pgvector's own column is added at boot where it can be. */
export const storeIndexTablesPostgres: readonly string[] = [
  ...changes,
  createStoreVector('varchar COLLATE "C"'),
];

/** The same on SQLite, whose text sorts by code points as it is. */
export const storeIndexTablesSqlite: readonly string[] = [...changes, createStoreVector('varchar')];
