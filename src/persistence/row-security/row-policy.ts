import { createHash } from 'node:crypto';
import { keyColumnName, scopeKeyExpression } from '../filter-sql/filter.renderer.js';
import type { ParentLink, ScopedTable } from '../scoping/scoped-table.js';
import { rowMatches, SECURITY_SCHEMA } from './filter-matches.function.js';

export const POLICY_NAME = 'onauth_scope';

/** What makes a table keep its scope by itself. */
export interface RowPolicy {
  /** As it is written in SQL. */
  readonly path: string;
  readonly statements: readonly string[];
  /** Changes with the statements, and is left on the policy: what is in force already is not made again. */
  readonly fingerprint: string;
}

/**
 * The policy of a scoped table. It holds for reading, changing and writing alike, also for the owner of the table.
 * @throws InvalidScopeKeyError for a key that cannot be written into SQL
 */
export function rowPolicyOf(table: ScopedTable, scopeKeys: readonly string[]): RowPolicy {
  return policy(table.path, conditionOf(table), keyColumnsOf(table, scopeKeys));
}

/** The policy of a table that belongs to no principal: only the system has a filter for what has no name. */
export function systemPolicyOf(path: string): RowPolicy {
  return policy(path, `(SELECT ${SECURITY_SCHEMA}.filter_for(NULL) IS NOT NULL)`);
}

function policy(path: string, condition: string, before: readonly string[] = []): RowPolicy {
  const statements = [
    ...before,
    `DROP POLICY IF EXISTS ${POLICY_NAME} ON ${path}`,
    `CREATE POLICY ${POLICY_NAME} ON ${path} USING (${condition}) WITH CHECK (${condition})`,
    `ALTER TABLE ${path} ENABLE ROW LEVEL SECURITY`,
    `ALTER TABLE ${path} FORCE ROW LEVEL SECURITY`,
  ];
  const fingerprint = createHash('sha256').update(statements.join(';')).digest('hex');
  const comment = `COMMENT ON POLICY ${POLICY_NAME} ON ${path} IS '${fingerprint}'`;
  return { path, statements: [...statements, comment], fingerprint };
}

/**
 * Each call of `filter_for` stands in a SELECT of its own, which PostgreSQL runs once for a statement and not for each row.
 */
function conditionOf({ owner, qualifier }: ScopedTable): string {
  if (owner.kind === 'parents')
    return owner.links.map((link) => parentIsVisible(link, qualifier)).join(' AND ');
  return rowMatches(owner.name, { required: requiredFor(owner.resource), filter: filterFor(owner.resource) });
}

/**
 * The sub-select sees what the parent's own policy lets through. Where that is every row, it is not run. Not EXISTS, for which
 * PostgreSQL may collect all visible parents first.
 */
function parentIsVisible({ parent, keys }: ParentLink, qualifier: string): string {
  const joins = keys.map(({ ownName, parentName }) => `parent.${parentName} = ${qualifier}.${ownName}`);
  const isVisible = `(SELECT true FROM ${parent.path} parent WHERE ${joins.join(' AND ')})`;
  const all = parent.resources.map((resource) => `${filterFor(resource)} ->> 'kind' = 'everything'`);
  return `((SELECT ${all.join(' AND ')}) OR ${isVisible})`;
}

function filterFor(resource: string): string {
  return `${SECURITY_SCHEMA}.filter_for(${literal(resource)})`;
}

function requiredFor(resource: string): string {
  return `${SECURITY_SCHEMA}.required_for(${literal(resource)})`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/**
 * Beside a policy PostgreSQL trusts only comparisons that are marked as leakproof to choose rows by an index. Those of `jsonb`
 * are not, those of text are: so the scope keys get columns of their own, as text.
 */
function keyColumnsOf({ owner, path }: ScopedTable, scopeKeys: readonly string[]): readonly string[] {
  if (owner.kind !== 'metadata') return [];
  return scopeKeys.map(
    (key) =>
      `ALTER TABLE ${path} ADD COLUMN IF NOT EXISTS ${keyColumnName(key)} text COLLATE "C" ` +
      `GENERATED ALWAYS AS ((${scopeKeyExpression(owner.name, key)})::text) STORED`,
  );
}
