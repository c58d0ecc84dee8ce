import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FilterInput } from '../../../src/on-auth/filter/filter.js';
import { parseFilter } from '../../../src/on-auth/filter/filter.parser.js';
import {
  type Dialect,
  renderFilter,
  scopeKeyExpression,
} from '../../../src/persistence/filter-sql/filter.renderer.js';
import { createDocumentTable, storeDocuments, type DocumentTable } from './document.table.js';

const ROWS = 5000;
const OWNERS = 100;
const NEWEST = 'ORDER BY created_at DESC LIMIT 10';

async function indexedTable(dialect: Dialect): Promise<DocumentTable> {
  const table = await createDocumentTable(dialect);
  const documents = Array.from({ length: ROWS }, (_, index) => ({
    owner: `user ${index % OWNERS}`,
    team: `team ${index % (OWNERS / 2)}`,
    tags: [`tag ${index % OWNERS}`, 'all'],
  }));
  await storeDocuments(table, documents);
  await table.query(
    `CREATE INDEX by_owner ON document (${scopeKeyExpression('"metadata"', 'owner')}, created_at DESC)`,
  );
  if (dialect === 'postgres')
    await table.query('CREATE INDEX by_any ON document USING gin (metadata jsonb_path_ops)');
  await table.query('ANALYZE');
  return table;
}

/** The plan as text, of the rows that the filter selects: rendered in place, or as a sub-query as scoped tables are. */
async function planOf(
  table: DocumentTable,
  input: FilterInput,
  rest: string,
  nested = false,
): Promise<string> {
  const parameters: unknown[] = [];
  const condition = renderFilter(parseFilter(input), {
    dialect: table.dialect,
    column: nested ? '"metadata"' : '"scoped"."metadata"',
    bind: (value) => table.placeholder(parameters.push(value)),
    scopeKeys: new Set(['owner']),
  });
  const explain = table.dialect === 'sqlite' ? 'EXPLAIN QUERY PLAN' : 'EXPLAIN';
  const select = nested
    ? `SELECT * FROM (SELECT * FROM "document" WHERE ${condition}) "scoped"`
    : `SELECT * FROM "document" "scoped" WHERE ${condition}`;
  const rows = await table.query(`${explain} ${select} ${rest}`, parameters);
  return rows.map((row) => String(row['QUERY PLAN'] ?? row.detail)).join('\n');
}

const ordered = { sqlite: 'USING INDEX by_owner (<expr>=?)', postgres: 'Index Scan using by_owner' };

describe.each(['sqlite', 'postgres'] as const)('the plan of a filter on %s', (dialect) => {
  let table: DocumentTable;

  beforeAll(async () => {
    table = await indexedTable(dialect);
  });
  afterAll(() => table.drop());

  it.each([
    ['in place', false],
    ['in a sub-query', true],
  ])('finds the newest of an owner by the expression index, without a sort, %s', async (_, nested) => {
    const plan = await planOf(table, { owner: 'user 7' }, NEWEST, nested);
    expect(plan).toContain(ordered[dialect]);
    expect(plan).not.toMatch(/sort|temp b-tree|seq scan/i);
  });

  it('keeps to that index when another condition is added', async () => {
    const plan = await planOf(table, { owner: 'user 7', archived: { $ne: true } }, NEWEST);
    expect(plan).toContain(ordered[dialect]);
    expect(plan).not.toMatch(/sort|temp b-tree|seq scan/i);
  });

  it('finds the rows of several owners by the expression index', async () => {
    const plan = await planOf(table, { owner: { $in: ['user 7', 'user 8'] } }, '');
    expect(plan).toContain('by_owner');
  });
});

describe('the plan of a filter on postgres', () => {
  let table: DocumentTable;

  beforeAll(async () => {
    table = await indexedTable('postgres');
  });
  afterAll(() => table.drop());

  it.each<[string, FilterInput]>([
    ['an element of a list', { tags: { $contains: 'tag 7' } }],
    ['elements of a list', { tags: { $contains: ['tag 7', 'all'] } }],
    ['a key that has no index of its own', { team: 'team 7' }],
    ['one of several values of such a key', { team: { $in: ['team 7', 'team 8'] } }],
  ])('finds %s by the index for any key', async (_, filter) => {
    expect(await planOf(table, filter, '')).toContain('Bitmap Index Scan on by_any');
  });

  it('joins both indexes for rows that are owned or shared', async () => {
    const plan = await planOf(table, { $or: [{ owner: 'user 7' }, { tags: { $contains: 'tag 8' } }] }, '');
    expect(plan).toContain('BitmapOr');
    expect(plan).toContain('by_owner');
    expect(plan).toContain('by_any');
  });
});
