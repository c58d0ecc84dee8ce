import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Filter, FilterInput } from '../../../src/on-auth/filter/filter.js';
import { parseFilter } from '../../../src/on-auth/filter/filter.parser.js';
import { renderFilter } from '../../../src/persistence/filter-sql/filter.renderer.js';
import { createDocumentTable, storeDocuments, type DocumentTable } from './document.table.js';
import { interpreters, selectByMatcher, selectFrom } from './interpreters.js';

const documents: readonly unknown[] = [{ owner: 'alice', tags: ['x', 0.5] }, { owner: 'bob' }, undefined];
const everyone = [...documents.keys()];

describe.each(interpreters)('the SQL of a filter on $name', ({ open }) => {
  it.each<[string, Filter]>([
    ['all of none', { kind: 'all', of: [] }],
    ['any of none', { kind: 'any', of: [] }],
    ['none of the values', { kind: 'in', key: 'owner', values: [] }],
    ['a list that contains nothing in particular', { kind: 'contains', key: 'tags', values: [] }],
    ['the other side of it', { kind: 'not', of: { kind: 'contains', key: 'tags', values: [] } }],
  ])('means %s as the matcher does, though no parser yields it', async (_, filter) => {
    const session = await open();
    await session.store(documents);
    expect(await session.select(filter)).toEqual(selectByMatcher(filter, documents));
    await session.close();
  });
});

describe.each(['sqlite', 'postgres'] as const)('the SQL of a filter on %s', (dialect) => {
  const filters: readonly FilterInput[] = [
    {},
    { owner: 'alice' },
    { owner: { $in: ['alice', 'bob'] } },
    { team: { $in: ['a', 'b'] } },
    { tags: { $contains: ['x', 0.5] } },
    { team: { $exists: false } },
    { $not: { owner: 'alice' } },
    { $or: [{ owner: 'alice' }, { $and: [{ owner: 'bob' }, { team: { $ne: 'a' } }] }] },
  ];
  let table: DocumentTable;

  beforeAll(async () => {
    table = await createDocumentTable(dialect);
    await storeDocuments(table, documents);
  });
  afterAll(() => table.drop());

  async function select(
    input: FilterInput,
    around: (condition: string) => string,
    from = 'document',
  ): Promise<unknown> {
    const parameters: unknown[] = [];
    const column = from === 'document' ? '"metadata"' : '"value"';
    const bind = (value: unknown): string => table.placeholder(parameters.push(value));
    const condition = renderFilter(parseFilter(input), {
      dialect,
      column,
      bind,
      scopeKeys: new Set(['owner']),
    });
    const rows = await table.query(
      `SELECT id FROM ${from} WHERE ${around(condition)} ORDER BY id`,
      parameters,
    );
    return rows.map(({ id }) => Number(id));
  }

  it.each(filters)('may be ANDed, ORed and negated as it is: %j', async (input) => {
    const selected = selectByMatcher(parseFilter(input), documents);
    const others = everyone.filter((id) => !selected.includes(id));
    expect(await select(input, (condition) => condition)).toEqual(selected);
    expect(await select(input, (condition) => `1 = 0 AND ${condition}`)).toEqual([]);
    expect(await select(input, (condition) => `${condition} AND 1 = 0`)).toEqual([]);
    expect(await select(input, (condition) => `1 = 1 OR ${condition}`)).toEqual(everyone);
    expect(await select(input, (condition) => `(${condition}) IS NOT TRUE`)).toEqual(others);
  });

  it.each(filters)(
    'reads an unqualified column, though JSON functions have one of that name: %j',
    async (input) => {
      const from = '(SELECT id, metadata AS value FROM document) AS item';
      const selected = selectByMatcher(parseFilter(input), documents);
      expect(await select(input, (condition) => condition, from)).toEqual(selected);
    },
  );

  it.each<[string, FilterInput]>([
    ['conditions in a row', inRow((key) => ({ [key]: 1 }))],
    ['lists to look into', inRow((key) => ({ [key]: { $contains: 0.5 } }))],
    ['negations', inRow((key) => ({ [key]: { $ne: 'x' } }))],
    ['values in lists', { $or: ['a', 'b', 'c', 'd', 'e'].map((key) => ({ [key]: { $in: hundred() } })) }],
    [
      'elements in lists',
      { $or: ['a', 'b', 'c', 'd', 'e'].map((key) => ({ [key]: { $contains: hundred() } })) },
    ],
    ['conditions, nested', nested(7)],
  ])('fits into one statement with as many %s as the parser takes', async (_, input) => {
    const filter = parseFilter(input);
    expect(await selectFrom(table, filter, new Set())).toEqual(selectByMatcher(filter, documents));
  });
});

function hundred(): readonly number[] {
  return Array.from({ length: 100 }, (_, index) => index + 0.5);
}

function inRow(conditionOf: (key: string) => FilterInput): FilterInput {
  const lists = Array.from({ length: 5 }, (_, list) =>
    Array.from({ length: 100 }, (_, index) => conditionOf(`k${list}_${index}`)),
  );
  return { $and: lists.map((list) => ({ $and: list })) };
}

/** Each level is the first, and so the deepest, of the conditions of the next one. */
function nested(levels: number): FilterInput {
  return Array.from({ length: levels }).reduce<FilterInput>(
    (inner) => ({
      $or: [inner, ...Array.from({ length: 70 }, (_, index) => ({ [`k${index}`]: { $contains: 0.5 } }))],
    }),
    { owner: 'alice' },
  );
}
