import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { PersistenceModule } from '../persistence/persistence.module.js';
import { WebhookTargets } from '../runs/webhook.targets.js';
import { DeliveryQueue } from './delivery/delivery.queue.js';
import { DeliveryWorkerLifecycle } from './delivery/delivery-worker.lifecycle.js';
import { DeliveryWorker } from './delivery/delivery.worker.js';
import { WebhookDeliverer } from './delivery/webhook.deliverer.js';
import { WebhookOutbox } from './delivery/webhook.outbox.js';
import { WebhookSender } from './delivery/webhook.sender.js';
import { AddressResolver, SystemAddressResolver } from './target/address.resolver.js';
import { WebhookTargetRules } from './target/target.rules.js';
import { WebhookDelivery } from './webhook-delivery.entity.js';
import { DELIVERY_OPTIONS, deliveryOptions, type DeliveryOptions } from './webhook.settings.js';

export interface WebhooksModuleOptions {
  readonly delivery?: Partial<DeliveryOptions>;
  /** How names are resolved; as the machine does, unless given. */
  readonly resolver?: Type<AddressResolver>;
}

/**
 * Calls the webhooks of runs that have ended. Needs the `WEBHOOK_SETTINGS` of a global module. Provides `WebhookTargets`, and the
 * `WebhookOutbox` as observer for the `RunEngineModule`.
 */
@Module({})
export class WebhooksModule {
  static forRoot({ delivery, resolver = SystemAddressResolver }: WebhooksModuleOptions = {}): DynamicModule {
    return {
      module: WebhooksModule,
      global: true,
      imports: [PersistenceModule.forFeature({ entities: [WebhookDelivery] })],
      providers: [
        { provide: DELIVERY_OPTIONS, useValue: deliveryOptions(delivery) },
        { provide: AddressResolver, useClass: resolver },
        WebhookTargetRules,
        { provide: WebhookTargets, useExisting: WebhookTargetRules },
        DeliveryQueue,
        WebhookSender,
        WebhookDeliverer,
        DeliveryWorker,
        DeliveryWorkerLifecycle,
        WebhookOutbox,
      ],
      exports: [WebhookTargets, WebhookOutbox],
    };
  }
}
