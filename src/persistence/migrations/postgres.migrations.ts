import { accessTables } from './access.tables.js';
import { assistantTablesPostgres } from './assistant.tables.postgres.js';
import { checkpointTables } from './checkpoint.tables.js';
import { cronTables } from './cron.tables.js';
import { requestCountTablesPostgres, runSlotTables } from './limit.tables.js';
import type { MigrationClass } from './migration.js';
import { relayTables } from './relay.tables.js';
import { runEndsPostgres } from './run-end.functions.postgres.js';
import { runTablesPostgres } from './run.tables.postgres.js';
import { statementsMigration } from './statements.migration.js';
import { storeTablesPostgres } from './store.tables.postgres.js';
import { storeIndexTablesPostgres } from './store-index.tables.js';
import { threadTables } from './thread.tables.js';
import { webhookTables } from './webhook.tables.js';

/** The schema on PostgreSQL, oldest first. A migration that was released is never changed. */
export const postgresMigrations: readonly MigrationClass[] = [
  statementsMigration('CreateAssistants1795305600000', assistantTablesPostgres),
  statementsMigration('CreateThreads1795305600001', threadTables),
  statementsMigration('CreateRuns1795305600002', runTablesPostgres),
  statementsMigration('CreateCheckpoints1795305600003', checkpointTables),
  statementsMigration('CreateStore1795305600004', storeTablesPostgres),
  statementsMigration('IndexStoreItems1795305600010', storeIndexTablesPostgres),
  statementsMigration('CreateCrons1795305600011', cronTables),
  statementsMigration('CreateWebhooks1795305600012', webhookTables),
  statementsMigration('RelayRuns1795305600013', relayTables),
  statementsMigration('RevokeAccess1795305600020', accessTables),
  statementsMigration('GiveRunsSlots1795305600021', runSlotTables),
  statementsMigration('CountRequests1795305600022', requestCountTablesPostgres),
  // One statement queues the run and takes the thread.
  statementsMigration('LetRunsTakeThreads1795305600030', []),
  // Only on SQLite at first.
  statementsMigration('LetThreadsBringRunEnds1795305600031', []),
  statementsMigration('EndRunsAtOnceOnPostgres1795305600032', runEndsPostgres),
];
