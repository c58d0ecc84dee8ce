import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseFilter } from '../../../src/on-auth/filter/filter.parser.js';
import { hostileCases } from './hostile-cases.js';
import { interpreters, matchesAny, selectByMatcher, type InterpreterSession } from './interpreters.js';

const cases = hostileCases.map((row) => ({ ...row, filter: parseFilter(row.filter) }));
const filters = distinct(cases.map(({ filter }) => filter));
const documents = distinct(cases.map(({ metadata }) => metadata));

describe('the conformance table', () => {
  it('has hundreds of cases, none of them twice', () => {
    expect(new Set(cases.map(({ title }) => title)).size).toBe(cases.length);
    expect(cases.length).toBeGreaterThan(1000);
  });

  it('is what the matcher does', () => {
    const differences = cases.filter((row) => matchesAny(row.filter, row.metadata) !== row.expected);
    expect(differences.map(({ title }) => title)).toEqual([]);
  });
});

describe.each(interpreters)('filters on $name', ({ name, open }) => {
  let session: InterpreterSession;

  beforeAll(async () => {
    session = await open();
    await session.store(documents);
  });
  afterAll(() => session.close());

  it('select what the matcher selects: each filter of the table, of the metadata of all cases', async () => {
    const differences: unknown[] = [];
    for (const filter of filters) {
      const [selected, wanted] = [await session.select(filter), selectByMatcher(filter, documents)];
      if (String(selected) !== String(wanted)) {
        differences.push({ filter, wrong: difference(selected, wanted), lost: difference(wanted, selected) });
      }
    }
    process.stdout.write(
      `${name}: ${cases.length} cases, ${filters.length * documents.length} pairs of ${filters.length} filters` +
        ` and ${documents.length} documents, ${differences.length} filters differ\n`,
    );
    expect(differences.slice(0, 10)).toEqual([]);
  }, 120_000);
});

function difference(some: readonly number[], others: readonly number[]): readonly unknown[] {
  return some.filter((position) => !others.includes(position)).map((position) => documents[position]);
}

/** Told apart as they print, because JSON has one text for 0 and -0. */
function distinct<Value>(values: readonly Value[]): readonly Value[] {
  const whole = { depth: null, maxStringLength: null, maxArrayLength: null };
  return [...new Map(values.map((value) => [inspect(value, whole), value])).values()];
}
