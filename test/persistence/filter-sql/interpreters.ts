import type { Filter } from '../../../src/on-auth/filter/filter.js';
import { matches } from '../../../src/on-auth/filter/filter.matcher.js';
import {
  type Dialect,
  keyColumnName,
  renderFilter,
  scopeKeyExpression,
} from '../../../src/persistence/filter-sql/filter.renderer.js';
import {
  filterMatchesFunctions,
  requiredBy,
  rowMatches,
  SECURITY_SCHEMA,
} from '../../../src/persistence/row-security/filter-matches.function.js';
import { createDocumentTable, storeDocuments, type DocumentTable } from './document.table.js';

/** Something that says which documents a filter selects. All of them are held against one table of cases. */
export interface Interpreter {
  readonly name: string;
  readonly open: () => Promise<InterpreterSession>;
}

export interface InterpreterSession {
  /** Replaces what is there. A document is any JSON value, or `undefined` for SQL NULL. */
  readonly store: (documents: readonly unknown[]) => Promise<void>;
  /** The positions of the documents that the filter selects, ascending. */
  readonly select: (filter: Filter) => Promise<readonly number[]>;
  readonly close: () => Promise<void>;
}

/** Keys that are spelled as expression indexes spell them. Some of them could be mistaken for something else. */
export const scopeKeys: ReadonlySet<string> = new Set([
  'owner',
  'a',
  'k',
  'null',
  'length',
  'constructor',
  '__proto__',
]);

/** The databases. The matcher is what they are compared with. */
export const interpreters: readonly Interpreter[] = [
  { name: 'SQLite', open: () => openDatabase('sqlite', new Set()) },
  { name: 'SQLite with scope keys', open: () => openDatabase('sqlite', scopeKeys) },
  { name: 'PostgreSQL', open: () => openDatabase('postgres', new Set()) },
  { name: 'PostgreSQL with scope keys', open: () => openDatabase('postgres', scopeKeys) },
  { name: 'PostgreSQL with scope keys in columns', open: openKeyColumns },
  {
    name: 'filter_matches of row-level security',
    open: () => openRowSecurity(`${SECURITY_SCHEMA}.filter_matches(metadata, $1::jsonb)`),
  },
  {
    name: 'the policy of row-level security',
    open: () =>
      openRowSecurity(rowMatches('metadata', { required: requiredBy('$1::jsonb'), filter: '$1::jsonb' })),
  },
];

/** What the matcher selects, in the form of an interpreter's answer. */
export function selectByMatcher(filter: Filter, documents: readonly unknown[]): readonly number[] {
  return documents.flatMap((document, position) => (matchesAny(filter, document) ? [position] : []));
}

/** The matcher is typed for objects; that it gives a list or a scalar no keys is a part of what is tested. */
export function matchesAny(filter: Filter, document: unknown): boolean {
  return matches(filter, document as Parameters<typeof matches>[1]);
}

/** Runs the rendered filter on a table of documents. */
export async function selectFrom(
  table: DocumentTable,
  filter: Filter,
  keys: ReadonlySet<string>,
  keyColumnOf?: (key: string) => string,
): Promise<readonly number[]> {
  const parameters: unknown[] = [];
  const bind = (value: unknown): string => table.placeholder(parameters.push(value));
  const condition = renderFilter(filter, {
    dialect: table.dialect,
    column: '"metadata"',
    bind,
    scopeKeys: keys,
    keyColumnOf,
  });
  const rows = await table.query(`SELECT id FROM document WHERE ${condition} ORDER BY id`, parameters);
  return rows.map(({ id }) => Number(id));
}

async function openDatabase(dialect: Dialect, keys: ReadonlySet<string>): Promise<InterpreterSession> {
  const table = await createDocumentTable(dialect);
  return {
    store: (documents) => storeDocuments(table, documents),
    select: (filter) => selectFrom(table, filter, keys),
    close: table.drop,
  };
}

async function openKeyColumns(): Promise<InterpreterSession> {
  const table = await createDocumentTable('postgres');
  for (const key of scopeKeys) {
    const value = `(${scopeKeyExpression('metadata', key)})::text`;
    await table.query(
      `ALTER TABLE document ADD COLUMN ${keyColumnName(key)} text GENERATED ALWAYS AS (${value}) STORED`,
    );
  }
  return {
    store: (documents) => storeDocuments(table, documents),
    select: (filter) => selectFrom(table, filter, scopeKeys, (key) => `document.${keyColumnName(key)}`),
    close: table.drop,
  };
}

/** The filter goes to the database as what it is: data. */
async function openRowSecurity(condition: string): Promise<InterpreterSession> {
  const table = await createDocumentTable('postgres');
  await table.query(`CREATE SCHEMA ${SECURITY_SCHEMA}`);
  for (const statement of filterMatchesFunctions) await table.query(statement);
  const sql = `SELECT id FROM document WHERE ${condition} ORDER BY id`;
  return {
    store: (documents) => storeDocuments(table, documents),
    select: async (filter) => (await table.query(sql, [JSON.stringify(filter)])).map(({ id }) => Number(id)),
    close: table.drop,
  };
}
