import pg from 'pg';
import type { ScopedDataSource } from '../scoped-data-source.js';
import { POLICY_NAME } from './row-policy.js';
import { RowSecurityError } from './row-security.error.js';

/** PostgreSQL has had views that keep the policies of their caller since this version. */
const MIN_VERSION = 150_000;

interface RoleReport {
  readonly role: string;
  readonly version: number;
  /** What the role, or one that it may become, has that would open the lock. */
  readonly power: string | null;
}

/** Any role that the current one is or may become. */
const REPORT = `
  SELECT current_user AS role, current_setting('server_version_num')::integer AS version, (
    SELECT CASE WHEN r.rolsuper THEN 'is a superuser' WHEN r.rolbypassrls THEN 'has BYPASSRLS'
      WHEN r.rolcreaterole THEN 'has CREATEROLE' WHEN r.rolreplication THEN 'has REPLICATION'
      ELSE 'is a member of ' || r.rolname END
    FROM pg_roles r
    WHERE pg_has_role(current_user, r.oid, 'MEMBER')
      AND (r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolreplication OR r.rolname IN
        ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files', 'pg_database_owner'))
    ORDER BY r.rolname = current_user DESC, r.rolname LIMIT 1
  ) AS power`;

/**
 * The role that the service works with, by name.
 *
 * @throws RowSecurityError for one that policies do not hold
 */
export async function readServingRole(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<RoleReport>(REPORT);
    const [{ role, version, power }] = rows;
    if (version < MIN_VERSION) throw new RowSecurityError('PG_RLS needs PostgreSQL 15 or newer.');
    if (power === null) return role;
    throw new RowSecurityError(
      `The role "${role}" of DATABASE_APP_URL ${power}, so row-level security would not hold it: ` +
        'name a role that has no privileges of its own and owns nothing.',
    );
  } finally {
    await client.end();
  }
}

/**
 * That the policies hold whoever works with this data source.
 *
 * @throws RowSecurityError for the owner of a table, or of what it can become, and for another database than the owner's
 */
export async function assertServesUnderPolicies(dataSource: ScopedDataSource): Promise<void> {
  for (const { metadata, path } of dataSource.scopedTables) {
    if (metadata.tableType === 'view') continue;
    const [table] = await dataSource.query<{ holds: boolean; owns: boolean }[]>(
      `SELECT row_security_active(c.oid) AS holds, pg_has_role(c.relowner, 'MEMBER') AS owns
       FROM pg_class c WHERE c.oid = to_regclass($1)`,
      [path],
    );
    if (!table?.holds) {
      throw new RowSecurityError(
        `Row-level security is not in force on ${path} for the role of DATABASE_APP_URL: ` +
          'DATABASE_APP_URL and DATABASE_URL have to name the same database.',
      );
    }
    if (!table.owns) continue;
    throw new RowSecurityError(
      `The role of DATABASE_APP_URL owns ${path}, so it could take row-level security away: name a role that owns nothing.`,
    );
  }
}

/**
 * That no policy hides rows from a service that was started without row-level security.
 *
 * @throws RowSecurityError
 */
export async function assertServesWithoutPolicies(dataSource: ScopedDataSource): Promise<void> {
  const [held] = await dataSource.query<{ path: string }[]>(
    `SELECT c.oid::regclass::text AS path FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid AND p.polname = $2
     WHERE c.oid IN (SELECT to_regclass(path) FROM unnest($1::text[]) AS path) AND row_security_active(c.oid) LIMIT 1`,
    [dataSource.scopedTables.map(({ path }) => path), POLICY_NAME],
  );
  if (held === undefined) return;
  throw new RowSecurityError(
    `Row-level security is in force on ${held.path}, but PG_RLS is off: set PG_RLS=on, or disable row-level security on the tables.`,
  );
}
