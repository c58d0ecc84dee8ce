import { createHash } from 'node:crypto';
import { createScopeIndexes } from '../scope-indexes.js';
import type { ScopedDataSource } from '../scoped-data-source.js';
import { SECURITY_SCHEMA } from './filter-matches.function.js';
import { openTablesOf } from './open.tables.js';
import { POLICY_NAME, rowPolicyOf, systemPolicyOf, type RowPolicy } from './row-policy.js';
import { scopeFunctions } from './scope.functions.js';

/**
 * What a role lacks on the tables that are declared: nobody else's, and none that was forgotten. To empty a table as a whole no
 * policy is asked, so that is for tables without one. CASE, because PostgreSQL may ask for the privilege on a sequence before it
 * looks whether it is one.
 *
 * Parameters: the schema, the role, the tables with a policy, and those without.
 */
const LACKING = `
  SELECT format('GRANT ' || p.privileges || ' ON ' || p.kind || ' %I.%I', $1::text, c.relname) AS grant
  FROM pg_class c CROSS JOIN LATERAL (
    SELECT 'SEQUENCE' AS kind, 'USAGE' AS privileges WHERE c.relkind = 'S'
    UNION ALL
    SELECT 'TABLE', 'SELECT, INSERT, UPDATE, DELETE' || CASE WHEN c.relname = ANY ($4::text[]) THEN ', TRUNCATE' ELSE '' END
    WHERE c.relkind IN ('r', 'p') AND c.relname = ANY ($3::text[] || $4::text[])
      OR c.relkind = 'v' AND 'security_invoker=true' = ANY (c.reloptions)
  ) AS p
  WHERE c.relnamespace = $1::text::regnamespace AND pg_has_role(c.relowner, 'MEMBER')
    AND EXISTS (
      SELECT FROM unnest(string_to_array(p.privileges, ', ')) AS privilege
      WHERE NOT CASE c.relkind WHEN 'S' THEN has_sequence_privilege($2::name, c.oid, privilege)
        ELSE has_table_privilege($2::name, c.oid, privilege) END
    )`;

export interface RowSecurity {
  /** What the service works as. */
  readonly servingRole: string;
  /** Tables without an entity that only the system works with. */
  readonly systemTables: readonly string[];
}

/**
 * Makes the scoped tables keep their scope by themselves, and those of the system keep to it, and gives a role the right to work with the tables: to read and to
 * write, nothing else. Each part is made only where it is not in force already, since a new policy locks its table for a moment.
 *
 * @param dataSource of the owner of the tables, at work as the system
 */
export async function installRowSecurity(
  dataSource: ScopedDataSource,
  { servingRole, systemTables }: RowSecurity,
): Promise<void> {
  await installFunctions(dataSource);
  const tables = dataSource.scopedTables.filter(({ metadata }) => metadata.tableType !== 'view');
  const policies = [
    ...tables.map((table) => rowPolicyOf(table, dataSource.scopeKeys)),
    ...systemTables.map((table) => systemPolicyOf(dataSource.driver.escape(table))),
  ];
  for (const policy of policies) {
    if (!(await isInForce(dataSource, policy))) await executeAll(dataSource, policy.statements);
  }
  await createScopeIndexes(dataSource, 'columns');
  await letViewsAskTheirCaller(dataSource);
  await grantWork(dataSource, servingRole, [
    ...tables.map(({ metadata }) => metadata.tableName),
    ...systemTables,
  ]);
}

async function installFunctions(dataSource: ScopedDataSource): Promise<void> {
  const fingerprint = createHash('sha256').update(scopeFunctions.join(';')).digest('hex');
  const [{ known }] = await dataSource.query<{ known: string | null }[]>(
    `SELECT obj_description($1::regnamespace, 'pg_namespace') AS known`,
    [SECURITY_SCHEMA],
  );
  if (known === fingerprint) return;
  await executeAll(dataSource, [
    ...scopeFunctions,
    `COMMENT ON SCHEMA ${SECURITY_SCHEMA} IS '${fingerprint}'`,
  ]);
}

async function isInForce(dataSource: ScopedDataSource, { path, fingerprint }: RowPolicy): Promise<boolean> {
  const [found] = await dataSource.query<unknown[]>(
    `SELECT FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid AND p.polname = $2
     WHERE c.oid = to_regclass($1) AND c.relrowsecurity AND c.relforcerowsecurity
       AND obj_description(p.oid, 'pg_policy') = $3`,
    [path, POLICY_NAME, fingerprint],
  );
  return found !== undefined;
}

/** By itself a view reads with the rights of its owner, whom a policy may not hold. */
async function letViewsAskTheirCaller(dataSource: ScopedDataSource): Promise<void> {
  for (const { tableType, tablePath } of dataSource.entityMetadatas) {
    if (tableType !== 'view') continue;
    const path = tablePath
      .split('.')
      .map((name) => dataSource.driver.escape(name))
      .join('.');
    await dataSource.query(`ALTER VIEW ${path} SET (security_invoker = true)`);
  }
}

/** On the tables that are declared, the sequences that the owner has in its schema, and the views that ask their caller. */
async function grantWork(
  dataSource: ScopedDataSource,
  role: string,
  withPolicy: readonly string[],
): Promise<void> {
  const grantee = dataSource.driver.escape(role);
  const [{ schema }] = await dataSource.query<[{ schema: string }]>('SELECT current_schema() AS schema');
  const lacking = await dataSource.query<{ grant: string }[]>(LACKING, [
    schema,
    role,
    withPolicy,
    openTablesOf(dataSource),
  ]);
  await executeAll(dataSource, [
    `GRANT USAGE ON SCHEMA ${SECURITY_SCHEMA}, ${dataSource.driver.escape(schema)} TO ${grantee}`,
    ...lacking.map(({ grant }) => `${grant} TO ${grantee}`),
  ]);
}

function executeAll(dataSource: ScopedDataSource, statements: readonly string[]): Promise<void> {
  return dataSource.transaction(async ({ queryRunner }) => {
    for (const statement of statements) await queryRunner?.query(statement);
  });
}
