import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ScopedDataSource } from '../../src/persistence/scoped-data-source.js';
import { AuthorizationContext } from '../../src/on-auth/authorization.context.js';
import { openDataSource, type TestDataSource } from '../support/data-source.js';
import { plainDatabases } from '../support/databases.js';
import { Run, Thread } from './scoping-traps.entities.js';
import { scopeWith } from './ways-to-reach-a-row.scopes.js';

describe.each(plainDatabases)('the index advisor on $dialect', ({ dialect, create }) => {
  let opened: TestDataSource;
  let dataSource: ScopedDataSource;
  let advice: string[] = [];

  beforeAll(async () => {
    opened = await openDataSource(create, { entities: [Thread, Run], advise: (text) => advice.push(text) });
    ({ dataSource } = opened);
  });
  beforeEach(() => {
    advice = [];
  });
  afterAll(() => opened.close());

  const find = (filter: object, entity: typeof Thread | typeof Run = Thread): Promise<unknown> =>
    AuthorizationContext.run(scopeWith('bob', { threads: filter }), () =>
      dataSource.manager.find<object>(entity),
    );
  const onlyOn = (database: string, text: string): readonly unknown[] =>
    dialect === database ? [expect.stringContaining(text)] : [];

  it.each([
    [{}],
    [{ owner: 'bob' }],
    [{ owner: { $in: ['bob', 'carol'] } }],
    [{ owner: 'bob', shared: { $ne: true } }],
    [{ $or: [{ owner: 'bob' }, { owner: 'carol', team: 'red' }] }],
  ])('has nothing to say about %j', async (filter) => {
    await find(filter);
    expect(advice).toEqual([]);
  });

  it('names a key that an index would serve, once', async () => {
    await find({ team: 'red' });
    await find({ team: 'blue' });
    expect(advice).toEqual(
      onlyOn(
        'sqlite',
        'The filter on thread by team is served by no index: every row is read. Add "team" to SCOPE_KEYS, which indexes "thread" on ("metadata" -> \'team\').',
      ),
    );
  });

  it('names it for a child as well, whose parents are what is filtered', async () => {
    await find({ project: 'x' }, Run);
    expect(advice).toEqual(onlyOn('sqlite', 'The filter on thread by project'));
  });

  it('finds the branch of an alternative that is not served', async () => {
    await find({ $or: [{ owner: 'bob' }, { circle: 'red' }] });
    expect(advice).toEqual(onlyOn('sqlite', 'Add "circle" to SCOPE_KEYS'));
  });

  it('knows that SQLite has no index into lists', async () => {
    await find({ tags: { $contains: 'x' } });
    expect(advice).toEqual(onlyOn('sqlite', 'Combine it with an equality on a scope key'));
  });

  it.each([[{ owner: { $ne: 'bob' } }], [{ $not: { rank: 1 } }], [{ level: { $exists: true } }]])(
    'says that nothing serves %j alone, on either database',
    async (filter) => {
      await find(filter);
      expect(advice).toEqual([expect.stringContaining('Combine it with an equality on a scope key')]);
    },
  );
});
