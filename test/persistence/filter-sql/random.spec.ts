import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseFilter } from '../../../src/on-auth/filter/filter.parser.js';
import { documents, filtersOver } from './arbitraries.js';
import { interpreters, selectByMatcher, type InterpreterSession } from './interpreters.js';

/** Documents and filters follow from it. A failure names it, and FILTER_SEED repeats that run. */
const seed = Number(process.env.FILTER_SEED ?? randomInt(2 ** 31));
const FILTERS = 400;
/** A function of PostgreSQL for each pair takes its time on a busy machine. */
const PATIENCE_MS = 120_000;
const stored = fc.sample(documents, { seed, numRuns: 400 });

describe.each(interpreters)('random filters on $name', ({ name, open }) => {
  let session: InterpreterSession;

  beforeAll(async () => {
    session = await open();
    await session.store(stored);
  });
  afterAll(() => session.close());

  it(
    'select what the matcher selects',
    async () => {
      let selections = 0;
      const selectsTheSame = fc.asyncProperty(filtersOver(stored), async (input) => {
        const filter = parseFilter(input);
        const selected = await session.select(filter);
        expect(selected).toEqual(selectByMatcher(filter, stored));
        selections += selected.length;
      });
      await fc.assert(selectsTheSame, { seed, numRuns: FILTERS });
      process.stdout.write(
        `${name}: seed ${seed}, ${FILTERS * stored.length} random pairs agree, ${selections} of them match\n`,
      );
    },
    PATIENCE_MS,
  );
});
