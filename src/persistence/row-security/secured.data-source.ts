import type { DataSourceOptions } from 'typeorm';
import type { PostgresDataSourceOptions } from 'typeorm/driver/postgres/PostgresDataSourceOptions.js';
import pg from 'pg';
import { runAsSystem } from '../../on-auth/authorization.context.js';
import { prepareDatabase } from '../database.preparation.js';
import { servingOptions, type PostgresSettings } from '../postgres/postgres.options.js';
import { assertEntitiesAreDeclared } from '../schema.check.js';
import { ScopedDataSource, type ScopingOptions } from '../scoped-data-source.js';
import { assertServesUnderPolicies } from './policy.check.js';
import { SCOPE_SETTING } from './scope.functions.js';
import { readScopeSecret } from './scope.secret.js';
import { ScopeSealer } from './scope.sealer.js';
import { scopeSetting } from './scope.setting.js';
import { readServingRole } from './serving.role.js';

export interface SecuredDataSourceOptions {
  /** Entities, migrations and the like; where to connect to is said below. */
  readonly options: Omit<PostgresDataSourceOptions, 'url'>;
  readonly scoping: ScopingOptions;
  /** Of the owner of the tables: it migrates them and puts the policies on them, and is gone before anything is served. */
  readonly ownerUrl: string;
  /** Of the role that the service works with. It owns nothing. */
  readonly servingUrl: string;
  /** Tables without an entity: see `FeatureSchema`. */
  readonly systemTables?: readonly string[];
  readonly postgres: PostgresSettings;
  /** Whether the schema is brought up to date. True unless given. */
  readonly prepares?: boolean;
}

/**
 * A data source on a database that is prepared, whose tables keep their scope by themselves, whatever SQL reaches them: each
 * transaction carries the scope of the current `AuthorizationContext`, and without one there are no rows.
 *
 * @throws RowSecurityError where policies would not hold the role of `servingUrl`
 */
export async function openSecuredDataSource(given: SecuredDataSourceOptions): Promise<ScopedDataSource> {
  const servingRole = await readServingRole(given.servingUrl);
  const sealer = new ScopeSealer(await readScopeSecret(given.ownerUrl));
  if (given.prepares ?? true) await prepareAsOwner(given, sealer, servingRole);
  return openServing(given, sealer);
}

async function prepareAsOwner(
  given: SecuredDataSourceOptions,
  sealer: ScopeSealer,
  servingRole: string,
): Promise<void> {
  const owner = new ScopedDataSource(ownerOptions(given, sealer), given.scoping);
  try {
    await owner.initialize();
    assertEntitiesAreDeclared(owner);
    await prepareDatabase(owner, { servingRole, systemTables: given.systemTables });
  } finally {
    if (owner.isInitialized) await owner.destroy();
  }
}

async function openServing(
  { options, scoping, servingUrl, postgres }: SecuredDataSourceOptions,
  sealer: ScopeSealer,
): Promise<ScopedDataSource> {
  const connection = servingOptions(servingUrl, postgres, scopeSetting(sealer));
  const serving = new ScopedDataSource(
    { ...options, ...connection, synchronize: false },
    { ...scoping, hasKeyColumns: true },
  );
  await serving.initialize();
  try {
    assertEntitiesAreDeclared(serving);
    await runAsSystem('look at the policies', () => assertServesUnderPolicies(serving));
    return serving;
  } catch (error) {
    await serving.destroy();
    throw error;
  }
}

/** The owner is held by its own policies as well. All that it does is the system's, so its sessions say so once. */
function ownerOptions(
  { options, ownerUrl }: SecuredDataSourceOptions,
  sealer: ScopeSealer,
): DataSourceOptions {
  const system = sealer.seal({ kind: 'system', reason: 'bring the schema up to date' });
  const onConnect = (client: pg.ClientBase): Promise<unknown> =>
    client.query('SELECT set_config($1, $2, false)', [SCOPE_SETTING, system]);
  return { ...options, url: ownerUrl, extra: { onConnect } };
}
