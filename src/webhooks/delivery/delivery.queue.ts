import { Inject, Injectable } from '@nestjs/common';
import { DataSource, LessThan, Not, type FindOptionsWhere } from 'typeorm';
import { runAsSystem } from '../../on-auth/index.js';
import { rowOf } from '../../persistence/row.js';
import { isPostgres, rowsOf } from '../../runs/engine/queue/run.sql.js';
import { WebhookDelivery } from '../webhook-delivery.entity.js';
import { DELIVERY_OPTIONS, type DeliveryOptions } from '../webhook.settings.js';
import { claimSql, nextDueSql } from './delivery.statements.js';

/**
 * The table of deliveries as a queue. A claim is a lease: a delivery whose worker is silent for that long is due again, so it is made at
 * least once. What a worker says of a delivery counts only while that is still its own.
 */
@Injectable()
export class DeliveryQueue {
  private readonly isPostgres: boolean;

  constructor(
    private readonly dataSource: DataSource,
    @Inject(DELIVERY_OPTIONS) private readonly options: DeliveryOptions,
  ) {
    this.isPostgres = isPostgres(dataSource);
  }

  /** The next delivery that is due, claimed for this worker; undefined when there is none. */
  claim(busyOrigins: readonly string[]): Promise<WebhookDelivery | undefined> {
    return runAsSystem('claim the next webhook', async () => {
      const now = Date.now();
      const { workerId, leaseMs } = this.options;
      const parameters = [workerId, now + leaseMs, now, JSON.stringify(busyOrigins)];
      const { manager } = this.dataSource;
      const [row] = await rowsOf<{ delivery_id: string }>(manager, claimSql(this.isPostgres), parameters);
      return (row && (await manager.findOneBy(WebhookDelivery, row))) ?? undefined;
    });
  }

  /** When the next one is due, or was. */
  nextDue(busyOrigins: readonly string[]): Promise<number | undefined> {
    return runAsSystem('look when the next webhook is due', async () => {
      const parameters = [JSON.stringify(busyOrigins)];
      const sql = nextDueSql(this.isPostgres);
      const [row] = await rowsOf<{ due: number | string | null }>(this.dataSource.manager, sql, parameters);
      return row?.due === null || row === undefined ? undefined : Number(row.due);
    });
  }

  /** It was delivered, and its row goes. */
  async remove(delivery: WebhookDelivery): Promise<void> {
    await runAsSystem('remove a delivered webhook', () =>
      this.dataSource.manager.delete(WebhookDelivery, heldBy(delivery)),
    );
  }

  /** It is to be tried again. */
  postpone(delivery: WebhookDelivery, due_at: Date, last_error: string | null): Promise<void> {
    return this.update(delivery, { worker_id: null, due_at, last_error });
  }

  /** It will not be tried again. What it would have said is not kept. */
  fail(delivery: WebhookDelivery, last_error: string): Promise<void> {
    const due_at = new Date(Date.now() + this.options.keepFailedMs);
    return this.update(delivery, { status: 'failed', worker_id: null, due_at, last_error, payload: {} });
  }

  /** Removes the records of what failed long ago. */
  async sweep(): Promise<void> {
    await runAsSystem('remove old records of failed webhooks', () =>
      this.dataSource.manager.delete(WebhookDelivery, { status: 'failed', due_at: LessThan(new Date()) }),
    );
  }

  /**
   * Makes due what dead workers have left, when a worker starts. A SQLite file belongs to one process, so whoever else holds a delivery
   * there is dead; elsewhere the lease has to expire first.
   */
  async takeBackOrphans(): Promise<void> {
    if (this.isPostgres) return;
    await runAsSystem('take back webhooks of dead workers', () =>
      this.dataSource.manager.update(
        WebhookDelivery,
        { status: 'pending', worker_id: Not(this.options.workerId) },
        rowOf<WebhookDelivery>({ worker_id: null, due_at: new Date() }),
      ),
    );
  }

  private async update(
    delivery: WebhookDelivery,
    columns: Partial<Omit<WebhookDelivery, 'thread'>>,
  ): Promise<void> {
    await runAsSystem('record what became of a webhook', () =>
      this.dataSource.manager.update(WebhookDelivery, heldBy(delivery), rowOf<WebhookDelivery>(columns)),
    );
  }
}

function heldBy({ delivery_id, worker_id, attempts }: WebhookDelivery): FindOptionsWhere<WebhookDelivery> {
  if (worker_id === null) throw new Error(`Delivery ${delivery_id} is not claimed`);
  return { delivery_id, worker_id, attempts };
}
