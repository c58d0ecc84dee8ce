const addIndexPaths = `ALTER TABLE "store_item" ADD COLUMN "index_paths" jsonb`;

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
export const storeVectorTablesPostgres: readonly string[] = [
  addIndexPaths,
  createStoreVector('varchar COLLATE "C"'),
];

/** The same on SQLite, whose text sorts by code points as it is. */
export const storeVectorTablesSqlite: readonly string[] = [addIndexPaths, createStoreVector('varchar')];
