import { Column, Entity, PrimaryColumn } from 'typeorm';
import { epochMillis } from '../../persistence/epoch-millis.transformer.js';
import { Scoped } from '../../persistence/scoped.decorator.js';
import type { JsonObject } from '../execution/serialize.js';

/** An item of the store: a JSON object under a key, in a namespace. */
@Scoped('store', { by: 'document' })
@Entity('store_item')
export class StoreItem {
  /** The labels, each closed by a period: `users.alice.`. */
  @PrimaryColumn('varchar')
  namespace!: string;

  @PrimaryColumn('varchar')
  key!: string;

  /** How many labels the namespace has. */
  @Column('integer')
  depth!: number;

  /** What filters of handlers are about: the value, with `namespace` (a list of labels) and `key`. */
  @Column('jsonb')
  document!: JsonObject;

  /** The value's own members `namespace` and `key`, which those of the document cover. */
  @Column('jsonb')
  covered!: JsonObject;

  @Column('bigint', { transformer: epochMillis })
  created_at!: Date;

  @Column('bigint', { transformer: epochMillis })
  updated_at!: Date;

  /** What of the value is found by its meaning: the paths of members, or `false` for nothing. Null: the configured ones. */
  @Column('jsonb', { nullable: true })
  index_paths!: readonly string[] | false | null;

  /** How long it lives after it is put, or read. */
  @Column('double precision', { nullable: true })
  ttl_minutes!: number | null;

  @Column('bigint', { transformer: epochMillis, nullable: true })
  expires_at!: Date | null;
}
