import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuthorizationContext, runAsSystem } from '../../src/on-auth/authorization.context.js';
import type { ScopedDataSource } from '../../src/persistence/scoped-data-source.js';
import { openDataSource, type TestDataSource } from '../support/data-source.js';
import { plainDatabases, securedPostgres } from '../support/databases.js';
import { entities, Thread } from './ways-to-reach-a-row.entities.js';
import { scopeFor } from './ways-to-reach-a-row.scopes.js';
import { seed, snapshotOf, tellsOfAlice } from './ways-to-reach-a-row.seed.js';
import { builderWays } from './ways/builder.ways.js';
import { findWays } from './ways/find.ways.js';
import { rawWays } from './ways/raw.ways.js';
import { relationWays } from './ways/relation.ways.js';
import type { Place, Way } from './ways/way.js';
import { changeWays, insertWays } from './ways/write.ways.js';

const ways = [...findWays, ...relationWays, ...builderWays, ...rawWays, ...changeWays, ...insertWays];
const bob = scopeFor('bob');
const tally = { gone: 0, leaks: 0, changes: 0 };

interface Outcome {
  readonly found: unknown;
  readonly refusal: Error | undefined;
}

async function outcomeOf(way: Way, place: Place): Promise<Outcome> {
  try {
    return { found: await way.go(place), refusal: undefined };
  } catch (error) {
    return { found: undefined, refusal: error as Error };
  }
}

async function hasReached(way: Way, place: Place, before: string): Promise<boolean> {
  const { found } = await outcomeOf(way, place);
  return tellsOfAlice(found) || (await snapshotOf(place.dataSource)) !== before;
}

const kinds = [...plainDatabases, securedPostgres].map((kind) => ({
  ...kind,
  name: kind === securedPostgres ? 'postgres with row-level security' : kind.dialect,
}));

describe.each(kinds)('ways to reach a row on $name', ({ name, dialect, create }) => {
  const isSecured = name !== dialect;

  let opened: TestDataSource;
  let dataSource: ScopedDataSource;
  let place: Place;

  beforeAll(async () => {
    opened = await openDataSource(create, { entities, cache: true });
    dataSource = opened.dataSource;
    const systemSql = runAsSystem('render', () =>
      dataSource.manager.createQueryBuilder(Thread, 't').getQueryAndParameters(),
    );
    place = { dataSource, manager: dataSource.manager, systemSql };
  });
  afterAll(() => opened.close());

  describe.each(ways.filter(({ only }) => only === undefined || only === dialect))('$name', (way) => {
    it(
      way.refusedWith
        ? `is refused with ${way.refusedWith}`
        : "tells nothing of alice's rows, and changes none",
      async () => {
        const before = await seed(dataSource);
        const { found, refusal } = await AuthorizationContext.run(bob, () => outcomeOf(way, place));
        const after = await snapshotOf(dataSource);

        tally.gone += 1;
        tally.leaks += Number(tellsOfAlice(found));
        tally.changes += Number(after !== before);
        expect(refusal?.name ?? refusal).toBe(way.refusedWith);
        expect(tellsOfAlice(found)).toBe(false);
        expect(after).toBe(before);
      },
    );

    const isFutile = way.reachesNothing ?? (isSecured && way.closedByRowSecurity) ?? false;
    it(isFutile ? 'reaches nothing by itself' : 'reaches them for the system', async () => {
      const before = await seed(dataSource);
      expect(await runAsSystem('control', () => hasReached(way, place, before))).toBe(!isFutile);
    });
  });
});

afterAll(() => {
  console.log(
    `${ways.length} ways, gone ${tally.gone} times on SQLite and PostgreSQL, without and with row-level security: ${tally.leaks} leaks, ${tally.changes} foreign rows changed`,
  );
});
