import type { PostgresSettings, RowSecuritySettings } from './configuration.js';
import { ConfigurationError } from './configuration.error.js';
import type { EnvironmentVariables } from './environment.schema.js';

export function postgresOf(variables: EnvironmentVariables): PostgresSettings {
  return Object.freeze({
    poolSize: variables.DATABASE_POOL_SIZE,
    connectTimeoutMs: variables.DATABASE_CONNECT_TIMEOUT_MS,
    statementTimeoutMs: variables.DATABASE_STATEMENT_TIMEOUT_MS,
    idleTransactionTimeoutMs: variables.DATABASE_IDLE_TRANSACTION_TIMEOUT_MS,
    applicationName: variables.DATABASE_APPLICATION_NAME,
    preparesStatements: variables.DATABASE_PREPARED_STATEMENTS,
  });
}

/** @throws ConfigurationError where one of the two variables is without the other, or the database is not PostgreSQL */
export function rowSecurityOf(variables: EnvironmentVariables): RowSecuritySettings | undefined {
  const { PG_RLS: isOn, DATABASE_URL: database, DATABASE_APP_URL: servingUrl } = variables;
  if (!isOn) {
    if (servingUrl === undefined) return undefined;
    throw new ConfigurationError('DATABASE_APP_URL is set, but it is for PG_RLS=on, and PG_RLS is off.');
  }
  if (database.kind !== 'postgres') {
    throw new ConfigurationError(
      'PG_RLS is on, but DATABASE_URL names SQLite: only PostgreSQL has row-level security.',
    );
  }
  if (servingUrl !== undefined) return Object.freeze({ servingUrl });
  throw new ConfigurationError(
    'PG_RLS is on, but DATABASE_APP_URL is not set: the service works as a role of its own that owns nothing.',
  );
}

/** @throws ConfigurationError where the database is not PostgreSQL */
export function readUrlOf({ DATABASE_URL, DATABASE_READ_URL }: EnvironmentVariables): string | undefined {
  if (DATABASE_READ_URL === undefined || DATABASE_URL.kind === 'postgres') return DATABASE_READ_URL;
  throw new ConfigurationError(
    'DATABASE_READ_URL is set, but DATABASE_URL names SQLite: only PostgreSQL has replicas.',
  );
}
