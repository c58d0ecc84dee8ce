/** Who has lost access, for the processes that hold answers open; the same on both databases. Rows are kept for a day. */
export const accessTables: readonly string[] = [
  `CREATE TABLE "revocation" (
    "revocation_id" varchar PRIMARY KEY NOT NULL,
    "identity" varchar NOT NULL,
    "revoked_at" bigint NOT NULL
  )`,
  `CREATE INDEX "revocation_revoked_at" ON "revocation" ("revoked_at")`,
];
