import { statementsMigration } from 'onauth-server/on-auth';

export const CreateOrders = statementsMigration('CreateOrders1795910400000', [
  `CREATE TABLE "purchase_order" (
    "order_id" varchar PRIMARY KEY NOT NULL,
    "created_at" bigint NOT NULL,
    "metadata" jsonb NOT NULL,
    "status" varchar NOT NULL
  )`,
  `CREATE TABLE "order_line" (
    "order_id" varchar NOT NULL REFERENCES "purchase_order" ("order_id"),
    "position" integer NOT NULL,
    "article" varchar NOT NULL,
    PRIMARY KEY ("order_id", "position")
  )`,
]);
