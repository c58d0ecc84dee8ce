import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { QueueAlarm } from '../../runs/engine/worker/queue.alarm.js';
import type { WebhookDelivery } from '../webhook-delivery.entity.js';
import { DELIVERY_OPTIONS, type DeliveryOptions } from '../webhook.settings.js';
import { DeliveryQueue } from './delivery.queue.js';
import { WebhookDeliverer } from './webhook.deliverer.js';

/**
 * Makes the calls that are due, as many at a time as it has seats, and beside whatever else the process does. It claims whenever it is
 * woken: by the end of a run, by the alarm for the next one that is due, by a seat that got free.
 */
@Injectable()
export class DeliveryWorker {
  private readonly logger = new Logger(DeliveryWorker.name);
  private readonly calling = new Map<WebhookDelivery, Promise<void>>();
  private readonly alarm = new QueueAlarm(() => this.wake());
  private readonly stopping = new AbortController();
  private accepting = false;
  private wanted = false;
  private filling: Promise<void> | undefined;

  constructor(
    private readonly queue: DeliveryQueue,
    private readonly deliverer: WebhookDeliverer,
    @Inject(DELIVERY_OPTIONS) private readonly options: DeliveryOptions,
  ) {}

  open(): void {
    this.accepting = true;
    this.wake();
  }

  /** Looks into the queue. */
  wake(): void {
    if (!this.accepting) return;
    this.wanted = true;
    this.filling ??= this.fill();
  }

  /** Claims nothing more, lets calls end within the grace period, and leaves the rest to the next start. */
  async close(): Promise<void> {
    this.accepting = false;
    this.alarm.clear();
    await this.filling;
    await this.idleWithin(this.options.gracePeriodMs);
    this.stopping.abort();
    await Promise.all(this.calling.values());
  }

  private async fill(): Promise<void> {
    while (this.wanted && this.accepting) {
      this.wanted = false;
      try {
        await this.claimForFreeSeats();
      } catch (error) {
        // The next look at the table finds them again.
        this.logger.error(`The webhooks that are due cannot be read: ${nameOf(error)}`);
      }
    }
    this.filling = undefined;
  }

  private async claimForFreeSeats(): Promise<void> {
    while (this.accepting && this.calling.size < this.options.concurrency) {
      const delivery = await this.queue.claim(this.busyOrigins());
      if (delivery) this.start(delivery);
      else return this.setAlarm();
    }
  }

  private async setAlarm(): Promise<void> {
    const due = await this.queue.nextDue(this.busyOrigins());
    if (due !== undefined && this.accepting) this.alarm.set(due);
  }

  private start(delivery: WebhookDelivery): void {
    this.calling.set(delivery, this.deliver(delivery));
  }

  /** Never rejects. */
  private async deliver(delivery: WebhookDelivery): Promise<void> {
    try {
      await this.deliverer.deliver(delivery, this.stopping.signal);
    } catch (error) {
      // The lease expires, and the call is made again.
      this.logger.error(`Webhook ${delivery.delivery_id} was given up: ${nameOf(error)}`);
    } finally {
      this.calling.delete(delivery);
      this.wake();
    }
  }

  private busyOrigins(): readonly string[] {
    const counts = new Map<string, number>();
    for (const { origin } of this.calling.keys()) counts.set(origin, (counts.get(origin) ?? 0) + 1);
    return [...counts].filter(([, n]) => n >= this.options.concurrencyPerOrigin).map(([origin]) => origin);
  }

  private async idleWithin(ms: number): Promise<void> {
    const idle = new AbortController();
    const timeout = sleep(ms, undefined, { signal: idle.signal }).catch(() => undefined);
    await Promise.race([Promise.all(this.calling.values()), timeout]);
    idle.abort();
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
