import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  filterMatchesFunctions,
  SECURITY_SCHEMA,
} from '../../../src/persistence/row-security/filter-matches.function.js';
import { createDocumentTable, type DocumentTable } from '../filter-sql/document.table.js';

/** PostgreSQL's own complaint where it comes first. */
const REFUSAL = /not a filter|cannot delete from scalar/;

/** What any interpreter agrees on stands in the conformance table. Here is what no parser makes. */
describe('filter_matches', () => {
  let table: DocumentTable;

  beforeAll(async () => {
    table = await createDocumentTable('postgres');
    await table.query(`CREATE SCHEMA ${SECURITY_SCHEMA}`);
    for (const statement of filterMatchesFunctions) await table.query(statement);
  });
  afterAll(() => table.drop());

  async function matches(filter: unknown): Promise<unknown> {
    const [row] = await table.query(
      `SELECT ${SECURITY_SCHEMA}.filter_matches('{"owner":"bob"}', $1) AS matches`,
      [filter === undefined ? null : JSON.stringify(filter)],
    );
    return row?.matches;
  }

  it('is false without a filter', async () => {
    expect(await matches(undefined)).toBe(false);
  });

  const sound = { kind: 'equals', key: 'owner', value: 'bob' };
  const unsound: readonly unknown[] = [
    null,
    true,
    'everything',
    [],
    [sound],
    {},
    { kind: null },
    { kind: ['everything'] },
    { kind: 'Everything' },
    { kind: 'everything', of: [] },
    { kind: 'like', key: 'owner', value: 'b%' },
    { kind: 'equals', key: 'owner' },
    { kind: 'equals', value: 'bob' },
    { kind: 'equals', key: 'owner', value: { $ne: 'x' } },
    { kind: 'equals', key: 'owner', value: ['bob'] },
    { kind: 'equals', key: ['owner'], value: 'bob' },
    { kind: 'equals', key: null, value: 'bob' },
    { ...sound, negated: true },
    { kind: 'in', key: 'owner', values: 'bob' },
    { kind: 'in', key: 'owner', values: [['bob']] },
    { kind: 'in', key: 'owner', values: [{}] },
    { kind: 'in', key: 'owner' },
    { kind: 'contains', key: 'owner', values: [['bob']] },
    { kind: 'contains', key: 'owner', value: 'bob' },
    { kind: 'exists', key: 'owner' },
    { kind: 'exists', key: 'owner', exists: 'true' },
    { kind: 'exists', key: 'owner', exists: null },
    { kind: 'all' },
    { kind: 'all', of: sound },
    { kind: 'all', of: [null] },
    { kind: 'any', of: null },
    { kind: 'not' },
    { kind: 'not', of: null },
    { kind: 'not', of: [] },
  ];

  it.each(unsound.map((filter) => [JSON.stringify(filter), filter]))('raises for %s', async (_, filter) => {
    await expect(matches(filter)).rejects.toThrow(REFUSAL);
  });

  it.each(unsound.map((filter) => [JSON.stringify(filter), filter]))(
    'raises for %s wherever it stands',
    async (_, filter) => {
      await expect(matches({ kind: 'not', of: { kind: 'all', of: [filter] } })).rejects.toThrow(REFUSAL);
      await expect(matches({ kind: 'any', of: [sound, filter] })).rejects.toThrow(REFUSAL);
      await expect(matches({ kind: 'all', of: [{ kind: 'not', of: sound }, filter] })).rejects.toThrow(
        REFUSAL,
      );
    },
  );

  it('means the same whatever the search path of the caller', async () => {
    await table.query(`CREATE SCHEMA evil`);
    await table.query(`CREATE FUNCTION evil.yes(jsonb, jsonb) RETURNS boolean LANGUAGE sql AS 'SELECT true'`);
    await table.query(`CREATE OPERATOR evil.= (FUNCTION = evil.yes, LEFTARG = jsonb, RIGHTARG = jsonb)`);
    await table.query(`SET search_path = evil, pg_catalog`);
    expect(await matches({ ...sound, value: 'alice' })).toBe(false);
    await table.query('RESET search_path');
  });
});
