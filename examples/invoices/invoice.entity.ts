import { Column, Entity, PrimaryColumn } from 'typeorm';
import { Scoped, epochMillis, type JsonObject } from '../../src/index.js';

/** Whose an invoice is stands in its metadata: filters that handlers of `invoices:*` return are about that. */
@Scoped('invoices', { by: 'metadata' })
@Entity('invoice')
export class Invoice {
  @PrimaryColumn('varchar') invoice_id!: string;
  @Column('bigint', { transformer: epochMillis }) created_at!: Date;
  @Column('jsonb') metadata!: JsonObject;
  @Column('varchar') customer!: string;
  @Column('integer') amount_cents!: number;
}
