import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { ProcessRole } from '../../configuration/process.role.js';
import {
  DELIVERY_OPTIONS,
  WEBHOOK_SETTINGS,
  type DeliveryOptions,
  type WebhookSettings,
} from '../webhook.settings.js';
import { DeliveryQueue } from './delivery.queue.js';
import { DeliveryWorker } from './delivery.worker.js';

/**
 * Starts the deliveries with the application, and stops them before the server lets go of its connections. Now and then it looks for
 * what no signal tells: deliveries that another process left, and records that are old.
 */
@Injectable()
export class DeliveryWorkerLifecycle implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(DeliveryWorkerLifecycle.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly worker: DeliveryWorker,
    private readonly queue: DeliveryQueue,
    private readonly role: ProcessRole,
    @Inject(WEBHOOK_SETTINGS) private readonly settings: WebhookSettings,
    @Inject(DELIVERY_OPTIONS) private readonly options: DeliveryOptions,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.role.executes || !this.settings.enabled || this.settings.keys.length === 0) return;
    await this.queue.takeBackOrphans();
    this.timer = setInterval(() => void this.look(), this.options.lookMs).unref();
    this.worker.open();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.worker.close();
  }

  private async look(): Promise<void> {
    this.worker.wake();
    try {
      await this.queue.sweep();
    } catch (error) {
      this.logger.error(`A sweep failed: ${error instanceof Error ? error.name : typeof error}`);
    }
  }
}
