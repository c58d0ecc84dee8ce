import pg from 'pg';
import { RowSecurityError } from './row-security.error.js';

/** PostgreSQL has had views that keep the policies of their caller since this version. */
const MIN_VERSION = 150_000;

interface RoleReport {
  readonly role: string;
  readonly version: number;
  /** What the role, or one that it may become, has that would open the lock. */
  readonly power: string | null;
}

/** Where a role of the service is configured. */
export type UrlVariable = 'DATABASE_APP_URL' | 'DATABASE_READ_URL';

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
export async function readServingRole(
  url: string,
  variable: UrlVariable = 'DATABASE_APP_URL',
): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<RoleReport>(REPORT);
    const [{ role, version, power }] = rows;
    if (version < MIN_VERSION) throw new RowSecurityError('PG_RLS needs PostgreSQL 15 or newer.');
    if (power === null) return role;
    throw new RowSecurityError(
      `The role "${role}" of ${variable} ${power}, so row-level security would not hold it: ` +
        'name a role that has no privileges of its own and owns nothing.',
    );
  } finally {
    await client.end();
  }
}
