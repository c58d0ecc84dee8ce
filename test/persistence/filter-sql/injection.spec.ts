import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FilterInput } from '../../../src/on-auth/filter/filter.js';
import { parseFilter } from '../../../src/on-auth/filter/filter.parser.js';
import {
  type Dialect,
  InvalidScopeKeyError,
  renderFilter,
  scopeKeyExpression,
} from '../../../src/persistence/filter-sql/filter.renderer.js';
import { createDocumentTable, storeDocuments, type DocumentTable } from './document.table.js';
import { hostileStrings } from './hostile-strings.js';
import { scopeKeys, selectFrom } from './interpreters.js';

const dialects: readonly Dialect[] = ['sqlite', 'postgres'];
const attacks = Object.entries(hostileStrings).map(([name, text]) => ({ name, text }));

/** Rows of somebody else, with nothing hostile in them. */
const foreign: readonly unknown[] = [
  { secret: 'mine', tags: ['mine'], level: 7 },
  { secret: null, tags: [] },
  {},
  undefined,
];
const everyone = [...foreign.keys()];

/** Every position of the grammar that takes text of a caller, in filters that no foreign row matches. */
const positions: Readonly<Record<string, (text: string) => FilterInput>> = {
  'a value': (text) => ({ secret: text }),
  'a value of a scope key': (text) => ({ k: text }),
  'an operand of $eq': (text) => ({ secret: { $eq: text } }),
  'a member of $in': (text) => ({ secret: { $in: [text, text] } }),
  'a member of $in of a scope key': (text) => ({ k: { $in: [text, text] } }),
  'an operand of $contains': (text) => ({ tags: { $contains: text } }),
  'a member of $contains': (text) => ({ tags: { $contains: [text, text] } }),
  'a key': (text) => ({ [text]: 'mine' }),
  'a key of $eq': (text) => ({ [text]: { $eq: null } }),
  'a key of $in': (text) => ({ [text]: { $in: ['mine', null] } }),
  'a key of $exists': (text) => ({ [text]: { $exists: true } }),
  'a key of $contains': (text) => ({ [text]: { $contains: 'mine' } }),
  'a key of $contains with a number': (text) => ({ [text]: { $contains: 0.5 } }),
  'a key and a value': (text) => ({ [text]: text }),
  'a part of $and': (text) => ({ $and: [{ [text]: text }, { secret: 'mine' }] }),
  'a part of $or': (text) => ({ $or: [{ [text]: text }, { secret: text }] }),
};

describe.each(dialects)('hostile text in a filter on %s', (dialect) => {
  let table: DocumentTable;

  beforeAll(async () => {
    table = await createDocumentTable(dialect);
    await storeDocuments(table, foreign);
  });
  afterAll(() => table.drop());

  it.each(attacks)(
    'reaches no row as $name, and its negation reaches all (abuse case 49)',
    async ({ text }) => {
      for (const [position, filterOf] of Object.entries(positions)) {
        const filter = parseFilter(filterOf(text));
        const negation = parseFilter({ $not: filterOf(text) });
        const selected = await selectFrom(table, filter, scopeKeys);
        const others = await selectFrom(table, negation, scopeKeys);
        expect({ position, selected, others }).toEqual({ position, selected: [], others: everyone });
      }
    },
  );

  it('leaves the table as it was (abuse case 49)', async () => {
    const rows = await table.query('SELECT id FROM document ORDER BY id');
    expect(rows.map(({ id }) => Number(id))).toEqual(everyone);
  });

  it('leaves the SQL as it is for harmless text, and is bound as text only', () => {
    for (const [position, filterOf] of Object.entries(positions)) {
      const harmless = render(dialect, filterOf('harmless'));
      for (const { text } of attacks) {
        const rendered = render(dialect, filterOf(text));
        expect({ position, sql: rendered.sql }).toEqual({ position, sql: harmless.sql });
        expect(rendered.parameters.every((parameter) => typeof parameter === 'string')).toBe(true);
      }
    }
  });

  it.each(attacks.filter(({ text }) => !/^\w+$/.test(text) || /^\d/.test(text)))(
    'cannot be a scope key as $name',
    ({ text }) => {
      expect(() => scopeKeyExpression('"metadata"', text)).toThrow(InvalidScopeKeyError);
      const rendering = (): string =>
        renderFilter(parseFilter({ [text]: 1 }), {
          dialect,
          column: '"metadata"',
          bind: () => '?',
          scopeKeys: new Set([text]),
        });
      expect(rendering).toThrow(InvalidScopeKeyError);
    },
  );
});

function render(dialect: Dialect, input: FilterInput): { sql: string; parameters: readonly unknown[] } {
  const parameters: unknown[] = [];
  const bind = (value: unknown): string => `:scope_${parameters.push(value)}`;
  const sql = renderFilter(parseFilter(input), {
    dialect,
    column: '"metadata"',
    bind,
    scopeKeys: new Set(['k']),
  });
  return { sql, parameters };
}
