import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { contains } from '../../../src/persistence/containment/containment.js';
import { renderContainment } from '../../../src/persistence/containment/containment.renderer.js';
import { createDocumentTable, storeDocuments, type DocumentTable } from '../filter-sql/document.table.js';

/** Few keys and values, so that documents meet. */
const scalar = fc.constantFrom<unknown>(
  null,
  true,
  false,
  0,
  1,
  '1',
  '',
  'a',
  "it's",
  '"',
  '\\',
  'ключ',
  1e21,
  0.1,
);
const key = fc.constantFrom('a', 'b', 'a.b', '"', "'", '\\', '[0]', '__proto__', '0', '');
const { document } = fc.letrec<{ document: unknown; value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    tie('document'),
  ),
  document: fc
    .array(fc.tuple(key, tie('value')), { maxLength: 3 })
    .map((entries) => Object.fromEntries(entries)),
}));

const NAMED: readonly [string, unknown, object][] = [
  ['the empty object asks for nothing', { a: 1 }, {}],
  ['a scalar is itself', { a: 1 }, { a: 1 }],
  ['1 is not "1"', { a: 1 }, { a: '1' }],
  ['1 is not true', { a: 1 }, { a: true }],
  ['null is a stored null', { a: null }, { a: null }],
  ['null is no missing key', {}, { a: null }],
  ['a list contains its elements in any order', { a: [1, 2, 3] }, { a: [3, 1] }],
  ['an element may be asked for twice', { a: [1] }, { a: [1, 1] }],
  ['a list does not contain a scalar', { a: [1] }, { a: 1 }],
  ['a list contains an object that one element contains', { a: [{ b: 1, c: 2 }] }, { a: [{ b: 1 }] }],
  ['no two elements answer together', { a: [{ b: 1 }, { c: 2 }] }, { a: [{ b: 1, c: 2 }] }],
  ['lists in lists', { a: [[1, 2], [3]] }, { a: [[2]] }],
  ['the empty list asks for a list', { a: [] }, { a: [] }],
  ['the empty list asks for a list and not an object', { a: {} }, { a: [] }],
  ['the empty object asks for an object', { a: [] }, { a: {} }],
  ['a key with a quote', { 'a"b': 1 }, { 'a"b': 1 }],
  ['a key with a dot is no path', { a: { b: 1 } }, { 'a.b': 1 }],
  ['a key like an index is no index', { a: [1] }, { a: { '[0]': 1 } }],
];

describe.each(['sqlite', 'postgres'] as const)('containment on %s', (dialect) => {
  let table: DocumentTable;
  beforeAll(async () => {
    table = await createDocumentTable(dialect);
  });
  afterAll(() => table.drop());

  async function select(wanted: object): Promise<readonly number[]> {
    const parameters: unknown[] = [];
    const bind = (value: unknown): string => table.placeholder(parameters.push(value));
    const condition = renderContainment(dialect, '"metadata"', wanted, bind);
    const rows = await table.query(`SELECT id FROM document WHERE ${condition} ORDER BY id`, parameters);
    return rows.map(({ id }) => Number(id));
  }

  it.each(NAMED)('%s: the database and the function agree', async (_, stored, wanted) => {
    await storeDocuments(table, [stored]);
    expect(await select(wanted)).toEqual(contains(stored, wanted) ? [0] : []);
  });

  it('agrees with the function on random documents', async () => {
    const stored = fc.sample(document, { numRuns: 300, seed: 7 });
    await storeDocuments(table, stored);
    let matched = 0;
    await fc.assert(
      fc.asyncProperty(document, async (wanted) => {
        const expected = stored.flatMap((candidate, index) => (contains(candidate, wanted) ? [index] : []));
        matched += expected.length;
        expect(await select(wanted as object)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
    expect(matched).toBeGreaterThan(300);
  });
});
