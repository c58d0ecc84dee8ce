import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import type { JsonObject } from '../http/json.js';
import type { Decision } from '../on-auth/decision.js';
import type { Principal } from '../on-auth/principal.js';
import { epochMillis } from '../persistence/epoch-millis.transformer.js';
import { Scoped } from '../persistence/scoped.decorator.js';
import { Thread } from '../threads/thread.entity.js';

export const RUN_STATUSES = ['pending', 'running', 'success', 'error', 'timeout', 'interrupted'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

export const MULTITASK_STRATEGIES = ['reject', 'enqueue', 'interrupt', 'rollback'] as const;
export type MultitaskStrategy = (typeof MULTITASK_STRATEGIES)[number];

/** The id of a process, or `*` for several. */
export type Follower = string;

export type CancelAction = 'interrupt' | 'rollback';

/** One execution of a graph on a thread. The table of runs is also the queue. */
@Scoped('threads', { through: 'thread' })
@Entity('run')
export class Run {
  @PrimaryColumn('varchar') run_id!: string;
  @Column('varchar') thread_id!: string;
  @Column('varchar') assistant_id!: string;
  @Column('varchar') graph_id!: string;
  @Column('bigint', { transformer: epochMillis }) created_at!: Date;
  @Column('bigint', { transformer: epochMillis }) updated_at!: Date;
  @Column('varchar') status!: RunStatus;
  @Column('jsonb') metadata!: JsonObject;
  /** What the graph is run with: input, command, config, context, stream modes and so on (contract 1.9). */
  @Column('jsonb') kwargs!: JsonObject;
  @Column('varchar') multitask_strategy!: MultitaskStrategy;
  /** Who created the run: it executes as this principal, under the decision that was taken for its creation. */
  @Column('jsonb') principal!: Principal;
  @Column('jsonb') decision!: Decision;
  /** Its place among the runs of the thread: they are claimed in this order. */
  @Column('integer') position!: number;
  /** Not claimed before this moment (`after_seconds`). */
  @Column('bigint', { transformer: epochMillis }) run_after!: Date;
  /** How often a worker has claimed it. */
  @Column('integer') attempt!: number;
  @Column('varchar', { nullable: true }) worker_id!: string | null;
  /** Until when the worker may keep it without a sign of life. */
  @Column('bigint', { transformer: epochMillis, nullable: true }) lease_expires_at!: Date | null;
  /** How many workers died, or were cut off, while they ran it. */
  @Column('integer') lease_losses!: number;
  @Column('varchar', { nullable: true }) cancel_action!: CancelAction | null;
  /** Keeps the events, so that they can be replayed after the end. */
  @Column('boolean') resumable!: boolean;
  /** Deletes the thread at the end (a stateless run). */
  @Column('boolean') temporary!: boolean;
  @Column('bigint', { transformer: epochMillis, nullable: true }) started_at!: Date | null;
  @Column('bigint', { transformer: epochMillis, nullable: true }) ended_at!: Date | null;
  /** `{ error, message }` of a run that failed. */
  @Column('jsonb', { nullable: true }) error!: JsonObject | null;

  /** Which process wants to know how the run ends, and which one wants its events: see `RunFollowers`. */
  @Column('varchar', { nullable: true }) outcome_for!: Follower | null;
  @Column('varchar', { nullable: true }) events_for!: Follower | null;

  @ManyToOne(() => Thread, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'thread_id' })
  thread!: Thread;

  /** No column: the thread as it was read when the run was prepared, so that it need not be read again if it has not changed. */
  readThread?: Thread;
}
