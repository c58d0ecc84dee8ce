import { Inject, Injectable, Logger } from '@nestjs/common';
import { signatureHeaders } from '../signing/webhook.signer.js';
import { TargetNotAllowedError, TargetTimeoutError } from '../target/target.errors.js';
import type { WebhookDelivery } from '../webhook-delivery.entity.js';
import {
  DELIVERY_OPTIONS,
  WEBHOOK_SETTINGS,
  type DeliveryOptions,
  type WebhookSettings,
} from '../webhook.settings.js';
import { DeliveryQueue } from './delivery.queue.js';
import { pauseAfter, verdictOf, type Verdict } from './delivery.verdict.js';
import { WebhookSender } from './webhook.sender.js';

/** Makes the call of a claimed delivery and records what came of it. */
@Injectable()
export class WebhookDeliverer {
  private readonly logger = new Logger(WebhookDeliverer.name);

  constructor(
    private readonly sender: WebhookSender,
    private readonly queue: DeliveryQueue,
    @Inject(WEBHOOK_SETTINGS) private readonly settings: WebhookSettings,
    @Inject(DELIVERY_OPTIONS) private readonly options: DeliveryOptions,
  ) {}

  /** @param stop the server stops: the delivery is due again at once */
  async deliver(delivery: WebhookDelivery, stop: AbortSignal): Promise<void> {
    const verdict = await this.call(delivery, stop);
    if (verdict.kind === 'delivered') await this.queue.remove(delivery);
    else if (stop.aborted) await this.queue.postpone(delivery, new Date(), delivery.last_error);
    else await this.recordFailure(delivery, verdict);
  }

  private async call(delivery: WebhookDelivery, stop: AbortSignal): Promise<Verdict> {
    const at = new Date();
    const body = JSON.stringify({ ...delivery.payload, webhook_sent_at: at.toISOString() });
    const headers = {
      ...this.settings.headers,
      'content-type': 'application/json',
      'user-agent': 'OnAuth-Server',
      ...signatureHeaders({ id: delivery.delivery_id, at, body }, this.settings.keys),
    };
    try {
      return verdictOf(await this.sender.send({ url: new URL(delivery.url), headers, body }, stop));
    } catch (error) {
      return verdictOnFault(error);
    }
  }

  private async recordFailure(
    delivery: WebhookDelivery,
    { kind, reason }: Exclude<Verdict, { kind: 'delivered' }>,
  ): Promise<void> {
    const { delivery_id, run_id, origin, attempts, created_at } = delivery;
    const dueAt = Date.now() + pauseAfter(attempts, this.options);
    const subject = `Webhook ${delivery_id} of run ${run_id} to ${origin}`;
    if (kind === 'final' || dueAt > created_at.getTime() + this.options.giveUpAfterMs) {
      // Neither the path, which may hold a token of the receiver, nor anything it answered.
      this.logger.warn(`${subject} failed for good, attempt ${attempts}: ${reason}`);
      await this.queue.fail(delivery, reason);
      return;
    }
    this.logger.debug(`${subject} failed, attempt ${attempts}: ${reason}`);
    await this.queue.postpone(delivery, new Date(dueAt), reason);
  }
}

function verdictOnFault(error: unknown): Verdict {
  if (error instanceof TargetNotAllowedError) return { kind: 'final', reason: 'its target is not allowed' };
  if (error instanceof TargetTimeoutError) return { kind: 'retry', reason: 'took too long' };
  const code =
    typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown';
  return { kind: 'retry', reason: `could not be reached (${code.slice(0, 64)})` };
}
