import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import type { JsonObject } from '../http/json.js';
import { epochMillis } from '../persistence/epoch-millis.transformer.js';
import { Scoped } from '../persistence/scoped.decorator.js';
import { Thread } from '../threads/thread.entity.js';

/**
 * `pending` is to be called, or is being called; `failed` will not be called any more. What was delivered is not kept.
 */
export type DeliveryStatus = 'pending' | 'failed';

/**
 * A call that is to be made because a run has ended. It is complete in itself and belongs to no other row: a stateless run takes its
 * thread along. Whoever can see the thread can see it; when the thread is gone, only the system can.
 */
@Scoped('threads', { through: 'thread' })
@Entity('webhook_delivery')
export class WebhookDelivery {
  /** What the receiver knows it by, however often it is sent. */
  @PrimaryColumn('varchar') delivery_id!: string;
  @Column('varchar') run_id!: string;
  @Column('varchar') thread_id!: string;
  @Column('text') url!: string;
  /** Scheme, host and port of the URL. */
  @Column('varchar') origin!: string;
  /** The body but for the time of sending. Emptied when it failed for good. */
  @Column('jsonb') payload!: JsonObject;
  @Column('varchar') status!: DeliveryStatus;
  @Column('bigint', { transformer: epochMillis }) created_at!: Date;
  /** How often it was begun. */
  @Column('integer') attempts!: number;
  /** When it may be claimed: for the first time, again, or because its worker is dead. When it goes, once it has failed. */
  @Column('bigint', { transformer: epochMillis }) due_at!: Date;
  /** Who is calling. */
  @Column('varchar', { nullable: true }) worker_id!: string | null;
  /** Why the last call failed, in words of this server: nothing of what was answered. */
  @Column('varchar', { nullable: true }) last_error!: string | null;

  @ManyToOne(() => Thread, { createForeignKeyConstraints: false })
  @JoinColumn({ name: 'thread_id' })
  thread!: Thread;
}
