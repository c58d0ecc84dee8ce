import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { JsonObject } from '../http/json.js';
import { epochMillis } from '../persistence/epoch-millis.transformer.js';
import { Scoped } from '../persistence/scoped.decorator.js';

export const THREAD_STATUSES = ['idle', 'busy', 'interrupted', 'error'] as const;
export type ThreadStatus = (typeof THREAD_STATUSES)[number];

export const TTL_STRATEGIES = ['delete', 'keep_latest'] as const;
export type TtlStrategy = (typeof TTL_STRATEGIES)[number];

/** Interrupts that wait for an answer, by the id of the root task that raised them. */
export type ThreadInterrupts = Record<string, readonly { readonly id?: string; readonly value: unknown }[]>;

/** A conversation: the state of a graph over several runs. */
@Scoped('threads', { by: 'metadata' })
@Entity('thread')
export class Thread {
  @PrimaryColumn('varchar') thread_id!: string;
  @Column('bigint', { transformer: epochMillis }) created_at!: Date;
  @Column('bigint', { transformer: epochMillis }) updated_at!: Date;
  @Column('bigint', { transformer: epochMillis, nullable: true }) state_updated_at!: Date | null;
  @Column('jsonb') metadata!: JsonObject;
  @Column('varchar') status!: ThreadStatus;
  @Column('jsonb') config!: JsonObject;
  /** The values of the last checkpoint's root state; null before the first run. */
  @Column('jsonb', { nullable: true }) values!: unknown;
  @Column('jsonb') interrupts!: ThreadInterrupts;
  /** Counts changes of the metadata, so that a change that was prepared on an older one is seen. */
  @Column('integer') revision!: number;
  @Column('varchar', { nullable: true }) ttl_strategy!: TtlStrategy | null;
  @Column('double precision', { nullable: true }) ttl_minutes!: number | null;
  @Column('bigint', { transformer: epochMillis, nullable: true }) expires_at!: Date | null;
  /** The process that streams what happens on the thread, or `*` for several; it says so again before this moment. */
  @Column('varchar', { nullable: true }) followed_by!: string | null;
  @Column('bigint', { transformer: epochMillis, nullable: true }) followed_until!: Date | null;
}

/** The graph that last ran on a thread, or that its creator named. */
export function graphOf({ metadata }: Pick<Thread, 'metadata'>): string | undefined {
  return typeof metadata.graph_id === 'string' ? metadata.graph_id : undefined;
}
