import 'reflect-metadata';
import { Assistant } from './src/assistants/assistant.entity.js';
import { AssistantVersion } from './src/assistants/assistant-version.entity.js';
import { Cron } from './src/crons/cron.entity.js';
import { GRAPH_ENTITIES, STORE_ENTITIES } from './src/graphs/graphs.entities.js';
import { databaseOptions } from './src/persistence/database.options.js';
import { postgresMigrations } from './src/persistence/migrations/postgres.migrations.js';
import { sqliteMigrations } from './src/persistence/migrations/sqlite.migrations.js';
import { ScopedDataSource } from './src/persistence/scoped-data-source.js';
import { StoredEvent } from './src/runs/engine/events/run-event.entity.js';
import { Run } from './src/runs/run.entity.js';
import { Thread } from './src/threads/thread.entity.js';
import { WebhookDelivery } from './src/webhooks/webhook-delivery.entity.js';

const { dialect, options, createDriver } = databaseOptions(
  process.env.DATABASE_URL ?? 'sqlite:.onauth/onauth.db',
);

/**
 * The data source for TypeORM's command line: `npx typeorm migration:show -d dist/ormconfig.js`. The server makes its own of
 * the same parts; its queries are scoped here as well, so rows are out of reach outside a system scope.
 */
export default new ScopedDataSource(
  {
    ...options,
    entities: [
      Assistant,
      AssistantVersion,
      Thread,
      Run,
      StoredEvent,
      WebhookDelivery,
      Cron,
      ...GRAPH_ENTITIES,
      ...STORE_ENTITIES,
    ],
    migrations: [...(dialect === 'postgres' ? postgresMigrations : sqliteMigrations)],
  },
  { scopeKeys: [], createDriver },
);
