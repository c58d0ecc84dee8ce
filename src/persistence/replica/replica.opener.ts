import type { DataSource } from 'typeorm';
import { databaseOptions } from '../database.options.js';
import type { PersistenceSettings } from '../persistence.settings.js';
import { ReadReplica } from './read.replica.js';
import { ReadReplicaError } from './read-replica.error.js';

/**
 * The replica of a database, connected where it answers; one that hands everything to the primary where none is configured.
 *
 * @throws ReadReplicaError, RowSecurityError for one that is wrong
 */
export async function openReadReplica(
  primary: DataSource,
  { database, scopeKeys, readUrl, rowSecurity, postgres = {} }: PersistenceSettings,
): Promise<ReadReplica> {
  if (readUrl === undefined) return new ReadReplica();
  const { options } = primary;
  const { options: owner } = databaseOptions(database);
  if (options.type !== 'postgres' || owner.type !== 'postgres') {
    throw new ReadReplicaError('DATABASE_READ_URL is set, but only PostgreSQL has replicas.');
  }
  const ownerUrl = rowSecurity && owner.url;
  const { openReplica } = await import('./replica.data-source.js');
  const replica = new ReadReplica(() =>
    openReplica({ url: readUrl, options, scoping: { scopeKeys }, postgres, ownerUrl }),
  );
  try {
    await replica.connect();
    return replica;
  } catch (error) {
    // Nest closes nothing of an application that was not made.
    await primary.destroy();
    throw error;
  }
}
