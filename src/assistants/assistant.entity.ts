import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { GraphConfig } from '../graphs/graph.js';
import type { JsonObject } from '../http/json.js';
import { epochMillis } from '../persistence/epoch-millis.transformer.js';
import { Scoped } from '../persistence/scoped.decorator.js';

/** A graph together with the configuration that it is run with. */
@Scoped('assistants', { by: 'metadata' })
@Entity('assistant')
export class Assistant {
  @PrimaryColumn('varchar') assistant_id!: string;
  @Column('varchar') graph_id!: string;
  @Column('jsonb') config!: GraphConfig;
  @Column('jsonb') context!: JsonObject;
  @Column('bigint', { transformer: epochMillis }) created_at!: Date;
  @Column('bigint', { transformer: epochMillis }) updated_at!: Date;
  @Column('jsonb') metadata!: JsonObject;
  /** The current version: the one whose state this row repeats. */
  @Column('integer') version!: number;
  /** The highest version ever made, from which the next one counts on. */
  @Column('integer') last_version!: number;
  @Column('varchar') name!: string;
  /** The name as searches compare it, see `foldName`. */
  @Column('varchar') folded_name!: string;
  @Column('varchar', { nullable: true }) description!: string | null;
}

/** What a version keeps of an assistant. */
export type AssistantState = Pick<
  Assistant,
  'graph_id' | 'config' | 'context' | 'metadata' | 'name' | 'description'
>;

/**
 * Makes names comparable without regard to case. Done here and not by the database, since SQLite folds ASCII only and
 * PostgreSQL as its locale says.
 */
export function foldName(name: string): string {
  return name.normalize('NFC').toLowerCase();
}
