import { Module, type DynamicModule } from '@nestjs/common';
import { GRAPH_DEFAULTS } from '../assistants/graph.defaults.js';
import { WEBHOOK_SETTINGS } from '../webhooks/webhook.settings.js';
import { Deployment } from './deployment.js';

/** Provides the `Deployment` everywhere, and what modules take from it by tokens of their own. */
@Module({})
export class DeploymentModule {
  static forRoot(deployment: Deployment): DynamicModule {
    return {
      module: DeploymentModule,
      global: true,
      providers: [
        { provide: Deployment, useValue: deployment },
        { provide: GRAPH_DEFAULTS, useValue: deployment.graphDefaults },
        { provide: WEBHOOK_SETTINGS, useValue: deployment.webhooks },
      ],
      exports: [Deployment, GRAPH_DEFAULTS, WEBHOOK_SETTINGS],
    };
  }
}
