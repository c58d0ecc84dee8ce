import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import type { AppOptions } from '../../../src/app.module.js';
import { runAsSystem } from '../../../src/on-auth/index.js';
import { WebhookDelivery } from '../../../src/webhooks/webhook-delivery.entity.js';
import type { DeliveryOptions } from '../../../src/webhooks/webhook.settings.js';
import { startRuns, type RunsApplication } from '../../runs/api/runs.application.js';
import { engineGraphs } from '../../runs/engine/support/engine.graphs.js';
import type { TestDatabase } from '../../support/databases.js';
import { testGraphs } from '../../support/graphs/index.js';

export const SECRET = `whsec_${randomBytes(32).toString('base64')}`;

/** Times in which a test can see what otherwise takes a day. */
export const QUICK: Partial<DeliveryOptions> = {
  firstPauseMs: 40,
  longestPauseMs: 200,
  requestTimeoutMs: 2_000,
  leaseMs: 4_000,
  lookMs: 500,
  gracePeriodMs: 50,
};

export interface WebhooksApplication extends RunsApplication {
  /** Every row of the outbox. */
  readonly deliveries: () => Promise<WebhookDelivery[]>;
}

/** The whole application, which may call receivers on loopback unless `environment` says otherwise. */
export async function startWebhooks(
  database: TestDatabase,
  { environment, webhooks, ...options }: Partial<AppOptions> = {},
): Promise<WebhooksApplication> {
  const server = await startRuns(database, {
    graphs: { ...testGraphs, ...engineGraphs },
    environment: { WEBHOOK_SECRET: SECRET, WEBHOOK_ALLOW_PRIVATE: 'true', ...environment },
    webhooks: { ...webhooks, delivery: { ...QUICK, ...webhooks?.delivery } },
    ...options,
  });
  const { manager } = server.app.get(DataSource);
  return {
    ...server,
    deliveries: () =>
      runAsSystem('look at all webhooks', () =>
        manager.find(WebhookDelivery, { order: { created_at: 'ASC' } }),
      ),
  };
}
