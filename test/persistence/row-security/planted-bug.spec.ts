import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { AuthorizationContext, runAsSystem } from '../../../src/on-auth/authorization.context.js';
import { servingOptions } from '../../../src/persistence/postgres/postgres.options.js';
import { SCOPE_SETTING } from '../../../src/persistence/row-security/scope.functions.js';
import { ScopeSealer } from '../../../src/persistence/row-security/scope.sealer.js';
import { readScopeSecret } from '../../../src/persistence/row-security/scope.secret.js';
import type { ScopedDataSource } from '../../../src/persistence/scoped-data-source.js';
import { openDataSource, type TestDataSource } from '../../support/data-source.js';
import { createPostgres, securedPostgres, servingUrlOf, type TestDatabase } from '../../support/databases.js';
import { entities, Thread } from '../ways-to-reach-a-row.entities.js';
import { scopeFor } from '../ways-to-reach-a-row.scopes.js';
import { seed, snapshotOf, tellsOfAlice } from '../ways-to-reach-a-row.seed.js';
import { builderWays } from '../ways/builder.ways.js';
import { findWays } from '../ways/find.ways.js';
import { rawWays } from '../ways/raw.ways.js';
import { relationWays } from '../ways/relation.ways.js';
import type { Place, Way } from '../ways/way.js';
import { changeWays, insertWays } from '../ways/write.ways.js';

const ways = [...findWays, ...relationWays, ...builderWays, ...rawWays, ...changeWays, ...insertWays].filter(
  ({ only, findsNotes }) => only !== 'sqlite' && !findsNotes,
);
const bob = scopeFor('bob');

/**
 * The bug: TypeORM's own data source in the place of the scoped one, so that no builder renders a scope, nothing checks what is
 * written, and no guard looks at the SQL. Its connections are the service's.
 */
async function withoutFirstLayer(url: string): Promise<DataSource> {
  const servingUrl = servingUrlOf(url);
  const sealer = servingUrl === undefined ? undefined : new ScopeSealer(await readScopeSecret(url));
  const setting = sealer && {
    name: SCOPE_SETTING,
    current: () => sealer.seal(AuthorizationContext.current()),
  };
  const options = servingOptions(servingUrl ?? url, { preparesStatements: true }, setting);
  return new DataSource({ type: 'postgres', ...options, entities }).initialize();
}

describe.each([
  { name: 'with row-level security', create: securedPostgres.create, isSecured: true },
  { name: 'without it', create: () => createPostgres(), isSecured: false },
])('a service whose first layer lets everything through, on PostgreSQL $name', ({ create, isSecured }) => {
  let opened: TestDataSource;
  let dataSource: ScopedDataSource;
  let buggy: DataSource;
  let place: Place;
  const reached: string[] = [];

  beforeAll(async () => {
    let database: TestDatabase | undefined;
    opened = await openDataSource(async () => (database = await create()), { entities, cache: true });
    ({ dataSource } = opened);
    buggy = await runAsSystem('connect', () => withoutFirstLayer(database!.url));
    const systemSql = buggy.manager.createQueryBuilder(Thread, 't').getQueryAndParameters();
    // The ways are typed for the data source that they should be gone through.
    place = { dataSource: buggy as ScopedDataSource, manager: buggy.manager, systemSql };
  });
  afterAll(async () => {
    await buggy.destroy();
    await opened.close();
  });

  async function go(way: Way): Promise<boolean> {
    const before = await seed(dataSource);
    const found = await AuthorizationContext.run(bob, async () => {
      try {
        return await way.go(place);
      } catch {
        return undefined;
      }
    });
    return tellsOfAlice(found) || (await snapshotOf(dataSource)) !== before;
  }

  if (isSecured) {
    it.each(ways)("shows bob nothing of alice's rows and changes none: $name", async (way) => {
      expect(await go(way)).toBe(false);
    });
  } else {
    it('gives everything away, which proves that the ways lead there', async () => {
      const sample = ways.filter((_, index) => index % 5 === 0);
      for (const way of sample) if (await go(way)) reached.push(way.name);
      expect(reached.length).toBeGreaterThan(sample.length / 2);
    });
  }
});
