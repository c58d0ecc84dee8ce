import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Entity, PrimaryColumn } from 'typeorm';
import type { QueryResultCache } from 'typeorm/cache/QueryResultCache.js';
import type { QueryResultCacheOptions } from 'typeorm/cache/QueryResultCacheOptions.js';
import { AuthorizationContext, runAsSystem } from '../../src/on-auth/authorization.context.js';
import type { ScopedDataSource } from '../../src/persistence/scoped-data-source.js';
import { Unscoped } from '../../src/persistence/scoped.decorator.js';
import { openDataSource, type TestDataSource } from '../support/data-source.js';
import { databases } from '../support/databases.js';
import { Thread } from './scoping-traps.entities.js';
import { scopeFor, scopeWith } from './ways-to-reach-a-row.scopes.js';

@Unscoped('hints are for everybody')
@Entity('hint')
class Hint {
  @PrimaryColumn('varchar') hint_id!: string;
}

/** Keeps results in memory, by their identifier, or else by their SQL and its parameters. */
class MemoryCache implements QueryResultCache {
  readonly results = new Map<string, QueryResultCacheOptions>();
  readonly calls: string[] = [];
  hasExpired = false;

  connect(): Promise<void> {
    return this.note('connect');
  }
  disconnect(): Promise<void> {
    return this.note('disconnect');
  }
  synchronize(): Promise<void> {
    return this.note('synchronize');
  }
  getFromCache(options: QueryResultCacheOptions): Promise<QueryResultCacheOptions | undefined> {
    return Promise.resolve(this.results.get(keyOf(options)));
  }
  storeInCache(options: QueryResultCacheOptions): Promise<void> {
    this.results.set(keyOf(options), options);
    return Promise.resolve();
  }
  isExpired(): boolean {
    return this.hasExpired;
  }
  clear(): Promise<void> {
    this.results.clear();
    return Promise.resolve();
  }
  remove(identifiers: string[]): Promise<void> {
    for (const identifier of identifiers) this.results.delete(identifier);
    return Promise.resolve();
  }

  private note(call: string): Promise<void> {
    this.calls.push(call);
    return Promise.resolve();
  }
}

function keyOf({ identifier, query }: QueryResultCacheOptions): string {
  return identifier ?? query ?? '';
}

describe.each(databases)("a cache of results of one's own on $dialect", ({ create }) => {
  let opened: TestDataSource;
  let dataSource: ScopedDataSource;
  let memory: MemoryCache;

  beforeEach(async () => {
    memory = new MemoryCache();
    opened = await openDataSource(create, { entities: [Thread, Hint], cache: { provider: () => memory } });
    ({ dataSource } = opened);
    await runAsSystem('seed', () =>
      dataSource.manager.insert(Thread, [
        { thread_id: 'alice-0', metadata: { owner: 'alice' } },
        { thread_id: 'bob-0', metadata: { owner: 'bob' } },
      ]),
    );
  });
  afterEach(() => opened.close());

  const as = <T>(identity: string, owner: string, work: () => Promise<T>): Promise<T> =>
    AuthorizationContext.run(scopeWith(identity, { threads: { owner } }), work);
  const asBob = <T>(work: () => Promise<T>): Promise<T> => AuthorizationContext.run(scopeFor('bob'), work);
  const select = (...name: string[]): Promise<readonly string[]> =>
    dataSource.manager
      .createQueryBuilder(Thread, 't')
      .cache(...([...name, 60_000] as [string, number]))
      .getMany()
      .then((threads) => threads.map(({ thread_id }) => thread_id).sort());
  const named = () => select('threads');
  const removeThreads = () => runAsSystem('remove', () => dataSource.manager.deleteAll(Thread));

  it('is opened, made and closed with the data source', async () => {
    await dataSource.destroy();
    expect(memory.calls).toEqual(['connect', 'synchronize', 'disconnect']);
    await dataSource.initialize();
  });

  it('knows a name apart for each principal, each decision, the system and nobody', async () => {
    await as('bob', 'bob', named);
    await as('alice', 'bob', named);
    await as('bob', 'alice', named);
    await runAsSystem('look', named);
    await dataSource.manager.createQueryBuilder(Hint, 'h').cache('threads', 60_000).getMany();
    const names = [...memory.results.keys()];
    expect(names).toHaveLength(5);
    expect(names.filter((name) => !name.startsWith('threads#'))).toEqual([]);
    expect(names.slice(3)).toEqual(['threads#system', 'threads#none']);
  });

  it('gives what was stored in the same scope, until it has expired', async () => {
    expect(await asBob(named)).toEqual(['bob-0']);
    await removeThreads();
    expect(await asBob(named)).toEqual(['bob-0']);
    memory.hasExpired = true;
    expect(await asBob(named)).toEqual([]);
  });

  it('forgets names of the current scope alone, and all of them when it is cleared', async () => {
    await asBob(named);
    await runAsSystem('look', named);
    await removeThreads();
    await asBob(async () => dataSource.queryResultCache?.remove(['threads']));
    expect(await asBob(named)).toEqual([]);
    expect(await runAsSystem('look', named)).toEqual(['alice-0', 'bob-0']);
    await dataSource.queryResultCache?.clear();
    expect(await runAsSystem('look', named)).toEqual([]);
  });

  it('tells results without a name apart by what was asked', async () => {
    const unnamed = () => select();
    expect(await asBob(unnamed)).toEqual(['bob-0']);
    expect(
      await asBob(() => dataSource.manager.createQueryBuilder(Hint, 'h').cache(60_000).getMany()),
    ).toEqual([]);
    expect([...memory.results.keys()]).toEqual([
      expect.stringContaining('SELECT'),
      expect.stringContaining('"hint"'),
    ]);
  });
});
