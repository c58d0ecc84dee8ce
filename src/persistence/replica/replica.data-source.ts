import { setTimeout as sleep } from 'node:timers/promises';
import { isNativeError } from 'node:util/types';
import type { PostgresDataSourceOptions } from 'typeorm/driver/postgres/PostgresDataSourceOptions.js';
import { runAsSystem } from '../../on-auth/authorization.context.js';
import { isConnectionRefused } from '../connection-refused.js';
import { DatabaseUnreachableError } from '../database-unreachable.error.js';
import { servingOptions, type PostgresSettings } from '../postgres/postgres.options.js';
import { assertServesUnderPolicies, assertServesWithoutPolicies } from '../row-security/policy.check.js';
import { RowSecurityError } from '../row-security/row-security.error.js';
import { scopeSettingOf } from '../row-security/scope.setting.js';
import { readServingRole } from '../row-security/serving.role.js';
import { ScopedDataSource, type ScopingOptions } from '../scoped-data-source.js';
import { ReadReplicaError } from './read-replica.error.js';

const VARIABLE = 'DATABASE_READ_URL';
/** Those who wait for a replica that is gone could be answered by the primary. */
const CONNECT_TIMEOUT_MS = 2_000;
/** How long a replica may take to replay the first migrations. */
const REPLAY_MS = 10_000;
const REPLAY_LOOK_MS = 200;
const UNKNOWN_HOST = 'ENOTFOUND';
/** The driver has no code for it. */
const TIMED_OUT = /timeout expired|timeout exceeded|connection timeout/;

export interface ReplicaOptions {
  readonly url: string;
  /** Those of the primary: entities and the like. */
  readonly options: PostgresDataSourceOptions;
  readonly scoping: ScopingOptions;
  readonly postgres: PostgresSettings;
  /** Where row-level security is on: the URL of the primary's owner, who knows the secret of its seals. */
  readonly ownerUrl?: string;
}

/**
 * A data source on a replica of the database, scoped like the primary's and under the same policies where there are some.
 *
 * @throws ReadReplicaError for a database that is none; RowSecurityError where policies would not hold;
 *   DatabaseUnreachableError for one that does not answer
 */
export async function openReplica(given: ReplicaOptions): Promise<ScopedDataSource> {
  try {
    const setting = given.ownerUrl === undefined ? undefined : await scopeSettingOf(given.ownerUrl);
    if (setting) await readServingRole(given.url, VARIABLE);
    const { connectTimeoutMs = CONNECT_TIMEOUT_MS } = given.postgres;
    const patience = { connectTimeoutMs: Math.min(connectTimeoutMs, CONNECT_TIMEOUT_MS) };
    const connection = servingOptions(given.url, { ...given.postgres, ...patience }, setting);
    return await open({ ...given.options, ...connection, synchronize: false, migrations: [] }, given);
  } catch (error) {
    if (error instanceof RowSecurityError || error instanceof ReadReplicaError) throw error;
    if (isAway(error)) throw new DatabaseUnreachableError(error);
    const cause = isNativeError(error) ? error.message : String(error);
    throw new ReadReplicaError(`${VARIABLE} cannot be used: ${cause}.`);
  }
}

async function open(
  options: PostgresDataSourceOptions,
  { scoping, ownerUrl }: ReplicaOptions,
): Promise<ScopedDataSource> {
  const isSecured = ownerUrl !== undefined;
  const replica = new ScopedDataSource(options, { ...scoping, hasKeyColumns: isSecured });
  await replica.initialize();
  try {
    await runAsSystem('look at the replica', async () => {
      await assertHasTables(replica);
      if (isSecured) await assertServesUnderPolicies(replica, VARIABLE);
      else await assertServesWithoutPolicies(replica);
    });
    return replica;
  } catch (error) {
    await replica.destroy();
    throw error;
  }
}

/** What the primary has made just now arrives at a standby a little later, and nowhere else. */
async function assertHasTables(replica: ScopedDataSource): Promise<void> {
  const paths = replica.scopedTables.map(({ path }) => path);
  const deadline = Date.now() + REPLAY_MS;
  for (;;) {
    const [missing] = await replica.query<{ path: string; is_standby: boolean }[]>(
      `SELECT path, pg_is_in_recovery() AS is_standby FROM unnest($1::text[]) AS path WHERE to_regclass(path) IS NULL LIMIT 1`,
      [paths],
    );
    if (!missing) return;
    if (!missing.is_standby || Date.now() > deadline) {
      throw new ReadReplicaError(
        `${VARIABLE} names a database without the table ${missing.path}: it has to be a replica of the one of DATABASE_URL.`,
      );
    }
    await sleep(REPLAY_LOOK_MS);
  }
}

/** It may be there again in a moment; a name that nobody knows is more likely wrong. */
function isAway(error: unknown): boolean {
  if (!isNativeError(error) || ('code' in error && error.code === UNKNOWN_HOST)) return false;
  return isConnectionRefused(error) || TIMED_OUT.test(error.message);
}
