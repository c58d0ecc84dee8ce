import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { runAsSystem } from '../../on-auth/index.js';
import { rowOf } from '../../persistence/row.js';
import { RunEndObserver, type RunEnd } from '../../runs/engine/run-end.observer.js';
import { WebhookDelivery } from '../webhook-delivery.entity.js';
import { WEBHOOK_SETTINGS, type WebhookSettings } from '../webhook.settings.js';
import { deliveryPayload } from './delivery.payload.js';
import { DeliveryWorker } from './delivery.worker.js';

/** Writes down each call in the transaction that ends its run, so that there is one exactly when there is the other. */
@Injectable()
export class WebhookOutbox extends RunEndObserver {
  /** Runs whose call is written down, perhaps not committed yet. */
  private readonly recorded = new Set<string>();

  constructor(
    private readonly worker: DeliveryWorker,
    @Inject(WEBHOOK_SETTINGS) private readonly settings: WebhookSettings,
  ) {
    super();
  }

  override async record(manager: EntityManager, end: RunEnd): Promise<void> {
    const webhook = String(end.run.kwargs.webhook);
    // A run from before webhooks were looked at may have anything in this place.
    if (!this.settings.enabled || !URL.canParse(webhook)) return;
    const row = rowOf<WebhookDelivery>(newDelivery(new URL(webhook), end));
    // Who ends a run need not see its thread any more.
    await runAsSystem('write down a webhook', () =>
      manager.createQueryBuilder().insert().into(WebhookDelivery).values(row).updateEntity(false).execute(),
    );
    this.recorded.add(end.run.run_id);
  }

  override committed(runId: string): void {
    if (this.recorded.delete(runId)) this.worker.wake();
  }
}

function newDelivery(url: URL, end: RunEnd): Omit<WebhookDelivery, 'thread'> {
  const { run_id, thread_id } = end.run;
  const now = new Date();
  return {
    delivery_id: uuid(),
    run_id,
    thread_id,
    url: url.href,
    origin: url.origin,
    payload: deliveryPayload(end),
    status: 'pending',
    created_at: now,
    attempts: 0,
    due_at: now,
    worker_id: null,
    last_error: null,
  };
}
