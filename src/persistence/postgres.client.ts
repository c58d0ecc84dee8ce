import pg from 'pg';
import type { DataSource } from 'typeorm';

const CONNECT_TIMEOUT_MS = 5_000;
/** A connection that is mostly silent: without this, a network that forgot it would be noticed hours later. */
const KEEP_ALIVE_AFTER_MS = 10_000;

/**
 * A connection of its own to the database of a data source, the primary one where it has replicas: for what cannot go through the
 * pool. Not connected yet.
 *
 * @throws Error when the data source is not on PostgreSQL
 * @example const client = postgresClient(dataSource, 'onauth-server signals'); await client.connect();
 */
export function postgresClient({ options }: DataSource, applicationName: string): pg.Client {
  if (options.type !== 'postgres') throw new Error('The data source is not on PostgreSQL');
  const { url, host, port, username, password, database, ssl } = options.replication?.master ?? options;
  return new pg.Client({
    connectionString: url,
    host,
    port,
    user: username,
    password,
    database,
    // TypeORM hands the same value to the same driver, and declares it as the options of a server.
    ssl: ssl as pg.ClientConfig['ssl'],
    application_name: applicationName,
    connectionTimeoutMillis: options.connectTimeoutMS ?? CONNECT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
  });
}
