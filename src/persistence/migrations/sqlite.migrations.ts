import { accessTables } from './access.tables.js';
import { assistantTablesSqlite } from './assistant.tables.sqlite.js';
import { checkpointTables } from './checkpoint.tables.js';
import { cronTables } from './cron.tables.js';
import { runSlotTables } from './limit.tables.js';
import type { MigrationClass } from './migration.js';
import { relayTables } from './relay.tables.js';
import { threadBringsRunEndSqlite } from './run-end.trigger.sqlite.js';
import { runTablesSqlite } from './run.tables.sqlite.js';
import { runTakesThreadSqlite } from './run.trigger.sqlite.js';
import { statementsMigration } from './statements.migration.js';
import { storeTablesSqlite } from './store.tables.sqlite.js';
import { storeIndexTablesSqlite } from './store-index.tables.js';
import { threadTables } from './thread.tables.js';
import { webhookTables } from './webhook.tables.js';

/** The schema on SQLite, oldest first. A migration that was released is never changed. */
export const sqliteMigrations: readonly MigrationClass[] = [
  statementsMigration('CreateAssistants1795305600000', assistantTablesSqlite),
  statementsMigration('CreateThreads1795305600001', threadTables),
  statementsMigration('CreateRuns1795305600002', runTablesSqlite),
  statementsMigration('CreateCheckpoints1795305600003', checkpointTables),
  statementsMigration('CreateStore1795305600004', storeTablesSqlite),
  statementsMigration('IndexStoreItems1795305600010', storeIndexTablesSqlite),
  statementsMigration('CreateCrons1795305600011', cronTables),
  statementsMigration('CreateWebhooks1795305600012', webhookTables),
  statementsMigration('RelayRuns1795305600013', relayTables),
  statementsMigration('RevokeAccess1795305600020', accessTables),
  statementsMigration('GiveRunsSlots1795305600021', runSlotTables),
  // The one process there is counts in memory.
  statementsMigration('CountRequests1795305600022', []),
  statementsMigration('LetRunsTakeThreads1795305600030', runTakesThreadSqlite),
  statementsMigration('LetThreadsBringRunEnds1795305600031', threadBringsRunEndSqlite),
  statementsMigration('EndRunsAtOnceOnPostgres1795305600032', []),
];
