import type { PostgresDataSourceOptions } from 'typeorm/driver/postgres/PostgresDataSourceOptions.js';
import { ServiceClient, type ServiceClientSettings } from './service.client.js';
import { StatementNames } from './statement.names.js';

/** How the service holds its connections to PostgreSQL. What is left out is as the driver or the server has it. */
export interface PostgresSettings {
  /** The most connections of one process. */
  readonly poolSize?: number;
  /** How long a connection may take, or a query may wait for one that is free. */
  readonly connectTimeoutMs?: number;
  /** After which the server ends a statement, or a transaction in which nothing happens. */
  readonly statementTimeoutMs?: number;
  readonly idleTransactionTimeoutMs?: number;
  /** What the server's own views call these connections. */
  readonly applicationName?: string;
  /** Whether statements that come often are prepared. Not behind a pooler that gives each transaction another connection. */
  readonly preparesStatements?: boolean;
}

type ConnectionOptions = Pick<
  PostgresDataSourceOptions,
  'url' | 'poolSize' | 'connectTimeoutMS' | 'applicationName' | 'extra'
>;

/** For the connections that the service works with. */
export function servingOptions(
  url: string,
  settings: PostgresSettings,
  transactionSetting?: ServiceClientSettings['transactionSetting'],
): ConnectionOptions {
  const { poolSize, connectTimeoutMs, applicationName, preparesStatements = false } = settings;
  const client: ServiceClientSettings = {
    transactionSetting,
    statementNames: preparesStatements ? new StatementNames() : undefined,
  };
  return {
    url,
    poolSize,
    connectTimeoutMS: connectTimeoutMs,
    applicationName,
    extra: { Client: ServiceClient, ...client, ...timeoutsOf(settings) },
  };
}

/** Left out where there is none: a pooler may refuse settings in the first message of a connection. */
function timeoutsOf({ statementTimeoutMs, idleTransactionTimeoutMs }: PostgresSettings): object {
  return {
    ...(statementTimeoutMs && { statement_timeout: statementTimeoutMs }),
    ...(idleTransactionTimeoutMs && { idle_in_transaction_session_timeout: idleTransactionTimeoutMs }),
  };
}
