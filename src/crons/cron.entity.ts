import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { JsonObject } from '../http/json.js';
import type { Principal } from '../on-auth/principal.js';
import { epochMillis } from '../persistence/epoch-millis.transformer.js';
import { Scoped } from '../persistence/scoped.decorator.js';
import type { CronPayload } from './cron.payload.js';

export type OnRunCompleted = 'delete' | 'keep';

/** Why an occurrence made no run: what the API would have answered to the creator. */
export interface CronError extends JsonObject {
  /** ISO 8601 */
  readonly at: string;
  readonly status: number;
  readonly detail: string;
}

/** A run that is created again and again, on a thread or on a new one each time. */
@Scoped('crons', { by: 'metadata' })
@Entity('cron')
export class Cron {
  @PrimaryColumn('varchar') cron_id!: string;
  @Column('varchar') assistant_id!: string;
  /** null: each run gets a thread of its own. */
  @Column('varchar', { nullable: true }) thread_id!: string | null;
  /** A cron expression of five fields. */
  @Column('varchar') schedule!: string;
  /** The IANA name of the time zone that the schedule is meant in; null for UTC. */
  @Column('varchar', { nullable: true }) timezone!: string | null;
  /** Nothing fires after this moment. */
  @Column('bigint', { transformer: epochMillis, nullable: true }) end_time!: Date | null;
  @Column('boolean') enabled!: boolean;
  /** What becomes of the thread of each run; null for a cron on a thread. */
  @Column('varchar', { nullable: true }) on_run_completed!: OnRunCompleted | null;
  @Column('bigint', { transformer: epochMillis }) created_at!: Date;
  @Column('bigint', { transformer: epochMillis }) updated_at!: Date;
  @Column('varchar') user_id!: string;
  /** Who created the cron. Its runs are created, and execute, as this principal. Never part of an answer. */
  @Column('jsonb') principal!: Principal;
  @Column('jsonb') payload!: CronPayload;
  @Column('jsonb') metadata!: JsonObject;
  /** Counts the changes by clients, so that a firing that was prepared on an older state is seen. */
  @Column('integer') revision!: number;
  /** The next occurrence; null while paused or when there is none before the end. */
  @Column('bigint', { transformer: epochMillis, nullable: true }) next_run_date!: Date | null;
  /** Until when one process is firing it. Only keeps the others from trying: what makes a firing happen once is `CronQueue.advance`. */
  @Column('bigint', { transformer: epochMillis, nullable: true }) claimed_until!: Date | null;
  /** How often this occurrence was claimed. */
  @Column('integer') attempts!: number;
  /** When it created a run last. */
  @Column('bigint', { transformer: epochMillis, nullable: true }) last_fired_at!: Date | null;
  /** Of the last occurrence that made no run. */
  @Column('jsonb', { nullable: true }) last_error!: CronError | null;
}
