import { statementsMigration } from '../../src/index.js';

/** Indexes on scope keys are made at boot; what else is asked for often needs one of its own here. */
export const CreateInvoices = statementsMigration('CreateInvoices1795910400000', [
  `CREATE TABLE "invoice" (
    "invoice_id" varchar PRIMARY KEY NOT NULL,
    "created_at" bigint NOT NULL,
    "metadata" jsonb NOT NULL,
    "customer" varchar NOT NULL,
    "amount_cents" integer NOT NULL
  )`,
]);
