import type { ScopedDataSource } from '../scoped-data-source.js';
import { SECURITY_SCHEMA } from './filter-matches.function.js';
import { openTablesOf } from './open.tables.js';
import { POLICY_NAME } from './row-policy.js';
import { RowSecurityError } from './row-security.error.js';
import { isRefusedByPrivilege } from './row-violation.js';
import type { UrlVariable } from './serving.role.js';

/**
 * That the policies hold whoever works with this data source, on everything that it may reach.
 *
 * @throws RowSecurityError for the owner of a table, or of what it can become, for another database than the owner's, and for a
 *   table that keeps nothing although nobody declared it open
 */
export async function assertServesUnderPolicies(
  dataSource: ScopedDataSource,
  variable: UrlVariable = 'DATABASE_APP_URL',
): Promise<void> {
  for (const { metadata, path } of dataSource.scopedTables) {
    if (metadata.tableType === 'view') continue;
    const [table] = await dataSource.query<TableReport[]>(TABLE_REPORT, [path, POLICY_NAME]);
    assertHolds(path, table, variable);
  }
  await assertNothingElseIsOpen(dataSource, variable);
  await assertKnowsTheSeal(dataSource, variable);
}

/** A database that is no copy has a secret of its own, and would refuse every statement. */
async function assertKnowsTheSeal(dataSource: ScopedDataSource, variable: UrlVariable): Promise<void> {
  try {
    await dataSource.query(`SELECT ${SECURITY_SCHEMA}.filter_for(NULL)`);
  } catch (error) {
    if (!isRefusedByPrivilege(error)) throw error;
    throw new RowSecurityError(
      `${variable} names a database with a secret of its own: it has to be that of DATABASE_URL, or a replica of it.`,
    );
  }
}

interface TableReport {
  readonly holds: boolean;
  readonly owns: boolean;
  readonly further: string | null;
}

/** Policies add to what can be seen, so a second one would open what ours keeps. */
const TABLE_REPORT = `
  SELECT row_security_active(c.oid) AS holds, pg_has_role(c.relowner, 'MEMBER') AS owns,
    (SELECT polname FROM pg_policy WHERE polrelid = c.oid AND polname <> $2 AND polpermissive LIMIT 1) AS further
  FROM pg_class c WHERE c.oid = to_regclass($1)`;

function assertHolds(path: string, table: TableReport | undefined, variable: UrlVariable): void {
  if (!table?.holds) {
    throw new RowSecurityError(
      `Row-level security is not in force on ${path} for the role of ${variable}: ` +
        `${variable} and DATABASE_URL have to name the same database.`,
    );
  }
  if (table.owns) {
    throw new RowSecurityError(
      `The role of ${variable} owns ${path}, so it could take row-level security away: name a role that owns nothing.`,
    );
  }
  if (table.further === null) return;
  throw new RowSecurityError(
    `The policy "${table.further}" on ${path} shows rows beside those of the scope: drop it, or make it restrictive.`,
  );
}

/** Parameters: the scoped tables, whose owner it is about, and the tables that are open. What belongs to an extension is left out. */
const UNKEPT = `
  SELECT c.oid::regclass::text AS path FROM pg_class c
  WHERE c.relkind IN ('r', 'p', 'm', 'f') AND c.relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')
    AND c.relowner IN (SELECT relowner FROM pg_class WHERE oid IN (SELECT to_regclass(path) FROM unnest($1::text[]) AS path))
    AND has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE') AND NOT row_security_active(c.oid)
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
    AND c.relname <> ALL ($2::text[]) LIMIT 1`;

async function assertNothingElseIsOpen(dataSource: ScopedDataSource, variable: UrlVariable): Promise<void> {
  const [unkept] = await dataSource.query<{ path: string }[]>(UNKEPT, [
    dataSource.scopedTables.map(({ path }) => path),
    openTablesOf(dataSource),
  ]);
  if (unkept === undefined) return;
  throw new RowSecurityError(
    `The role of ${variable} may reach the table ${unkept.path}, on which there is no policy: ` +
      'name it in PersistenceModule.forFeature, as an entity or as one of its systemTables, or revoke the privilege.',
  );
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
