import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  DataSource,
  EventSubscriber,
  type EntityManager,
  type EntitySubscriberInterface,
  type InsertEvent,
  type UpdateEvent,
} from 'typeorm';
import { AuthorizationContext, runAsSystem } from '../../src/on-auth/authorization.context.js';
import { InvalidDecisionError } from '../../src/on-auth/decision.js';
import { rowOf } from '../../src/persistence/row.js';
import type { ScopedDataSource } from '../../src/persistence/scoped-data-source.js';
import { isUniqueViolation } from '../../src/persistence/unique-violation.js';
import { openDataSource, type TestDataSource } from '../support/data-source.js';
import { databases } from '../support/databases.js';
import { Memo, Run, Thread } from './scoping-traps.entities.js';
import { scopeFor, scopeWith } from './ways-to-reach-a-row.scopes.js';

const ALICE = { owner: 'alice' };
const BOB = { owner: 'bob' };
const bob = scopeFor('bob');
const asBob = <T>(work: () => T): T => AuthorizationContext.run(bob, work);
const asAlice = <T>(work: () => T): T => AuthorizationContext.run(scopeFor('alice'), work);

/** What a subscriber does to rows and values before they are written; nothing unless a test says so. */
const meddling: { insert?: (row: object) => void; update?: (values: object) => void } = {};

@EventSubscriber()
class Meddler implements EntitySubscriberInterface<object> {
  beforeInsert({ entity }: InsertEvent<object>): void {
    meddling.insert?.(entity);
  }
  beforeUpdate({ entity }: UpdateEvent<object>): void {
    if (entity) meddling.update?.(entity);
  }
}

describe.each(databases)('traps of TypeORM on $dialect', ({ dialect, create }) => {
  let opened: TestDataSource;
  let dataSource: ScopedDataSource;
  let manager: EntityManager;

  beforeAll(async () => {
    opened = await openDataSource(create, {
      entities: [Thread, Run, Memo],
      subscribers: [Meddler],
      cache: true,
    });
    ({ dataSource } = opened);
    ({ manager } = dataSource);
  });
  afterAll(() => opened.close());
  beforeEach(async () => {
    meddling.insert = undefined;
    meddling.update = undefined;
    await runAsSystem('seed', async () => {
      await dataSource.queryResultCache?.clear();
      await manager.deleteAll(Thread);
      await manager.insert(Thread, [
        { thread_id: 'alice-0', metadata: ALICE },
        { thread_id: 'bob-0', metadata: BOB },
      ]);
      await manager.insert(Run, [
        { run_id: 'alice-run', thread_id: 'alice-0' },
        { run_id: 'bob-run', thread_id: 'bob-0' },
      ]);
    });
  });

  const statusOf = (thread_id: string): Promise<string> =>
    runAsSystem('look', async () => (await manager.findOneByOrFail(Thread, { thread_id })).status);
  const idsOf = (threads: readonly Thread[]): readonly string[] => threads.map(({ thread_id }) => thread_id);

  describe('.where() discards earlier conditions and .orWhere() escapes them', () => {
    it('but the scope is no such condition, in a SELECT', async () => {
      const found = await asBob(() =>
        manager
          .createQueryBuilder(Thread, 't')
          .where('1=0')
          .where("t.status = 'idle'")
          .orWhere('1=1')
          .getMany(),
      );
      expect(idsOf(found)).toEqual(['bob-0']);
    });

    it('nor in an UPDATE', async () => {
      const { affected } = await asBob(() =>
        manager
          .createQueryBuilder()
          .update(Thread)
          .set({ status: 'x' })
          .where('1=0')
          .where("status = 'none'")
          .orWhere('1=1')
          .execute(),
      );
      expect(affected).toBe(1);
      expect(await statusOf('alice-0')).toBe('idle');
    });

    it('and precedence does not let an OR past it', async () => {
      await asBob(() =>
        manager.createQueryBuilder().delete().from(Thread).where("thread_id = 'x' OR 1=1").execute(),
      );
      expect(await runAsSystem('look', () => manager.count(Thread))).toBe(1);
    });
  });

  describe('a query cache with an id ignores parameters', () => {
    const cached = (): Promise<readonly string[]> =>
      manager.createQueryBuilder(Thread, 't').cache('threads', 60_000).getMany().then(idsOf);

    it('so that the id is that of one scope', async () => {
      expect(await asAlice(cached)).toEqual(['alice-0']);
      expect(await asBob(cached)).toEqual(['bob-0']);
      expect(await runAsSystem('look', cached)).toHaveLength(2);
    });

    it('and the cache still works within a scope', async () => {
      await asBob(cached);
      await runAsSystem('change', () => manager.deleteAll(Thread));
      expect(await asBob(cached)).toEqual(['bob-0']);
      await asBob(() => dataSource.queryResultCache?.remove(['threads']));
      expect(await asBob(cached)).toEqual([]);
    });

    it('also for a page of joined rows, which TypeORM reads by a plain builder of its own', async () => {
      const page = (): Promise<[Run[], number]> =>
        manager
          .createQueryBuilder(Run, 'r')
          .leftJoinAndSelect('r.thread', 't')
          .take(1)
          .cache('page', 60_000)
          .getManyAndCount();
      expect((await asAlice(page))[0].map(({ run_id }) => run_id)).toEqual(['alice-run']);
      expect((await asBob(page))[0].map(({ run_id }) => run_id)).toEqual(['bob-run']);
    });
  });

  describe('SQLite drops the condition of an upsert', () => {
    it('so that it is rendered here, on both databases', async () => {
      const upsert = (status: string): Promise<unknown> =>
        manager
          .createQueryBuilder()
          .insert()
          .into(Thread)
          .values({ thread_id: 'bob-0', metadata: BOB, status })
          .orUpdate(['status'], ['thread_id'], {
            overwriteCondition: { where: `${dialect === 'sqlite' ? '"thread"' : 'thread'}.status = 'idle'` },
          })
          .execute();
      await asBob(() => upsert('first'));
      await asBob(() => upsert('second'));
      expect(await statusOf('bob-0')).toBe('first');
    });

    it('and rendering it twice does not collect conditions', async () => {
      await asBob(async () => {
        const builder = manager
          .createQueryBuilder()
          .insert()
          .into(Thread)
          .values({ thread_id: 'bob-0', metadata: BOB, status: 'x' })
          .orUpdate(['status'], ['thread_id'], { skipUpdateIfNoValuesChanged: true });
        const rendered = (): string => builder.getQuery().replaceAll(/orm_param_\d+/g, 'value');
        expect(rendered()).toBe(rendered());
        expect(builder.getQuery().split(' IS DISTINCT FROM ')).toHaveLength(2);
      });
    });
  });

  describe('clear() and raw SQL pass no builder', () => {
    it.each([
      ['clear()', () => manager.clear(Run)],
      ['manager.query()', () => manager.query('SELECT * FROM thread')],
      ['dataSource.query()', () => dataSource.query("UPDATE thread SET status = 'x'")],
      ['dataSource.sql', () => dataSource.sql`SELECT * FROM thread`],
      ['a virtual column', () => manager.find(Memo)],
      [
        'a raw condition',
        () => manager.createQueryBuilder(Memo, 'm').where('EXISTS (SELECT 1 FROM thread)').getMany(),
      ],
    ])('so that the guard refuses %s', async (_name, go) => {
      await runAsSystem('seed', () => manager.save(Memo, { memo_id: 'm' }));
      await expect(asBob(go)).rejects.toMatchObject({ name: 'UnscopedSqlError' });
    });
  });

  describe('stream() fires no event', () => {
    it('so that the guard stands before the method itself', async () => {
      const runner = dataSource.createQueryRunner();
      try {
        await expect(asBob(() => runner.stream('SELECT * FROM thread'))).rejects.toMatchObject({
          name: 'UnscopedSqlError',
        });
      } finally {
        await runner.release();
      }
    });
  });

  describe('saving an invisible row turns into an INSERT', () => {
    it('which collides, as with any id that exists', async () => {
      const attempt = asBob(() => manager.save(Thread, { thread_id: 'alice-0', metadata: BOB, status: 'x' }));
      const error: unknown = await attempt.catch((reason: unknown) => reason);
      expect(isUniqueViolation(error)).toBe(true);
      expect(await statusOf('alice-0')).toBe('idle');
    });
  });

  describe('a filter that is no filter', () => {
    it.each([
      [{ owner: undefined }],
      [{ owner: {} }],
      [{ owner: { $eq: undefined } }],
      [{ $or: [] }],
      [{ $any: 1 }],
    ])('%j is refused before any query', (filter) => {
      expect(() => scopeWith('bob', { threads: filter })).toThrow(InvalidDecisionError);
    });

    it('and an undefined id finds nothing, rather than the first row (abuse case 54)', async () => {
      await expect(asBob(() => manager.findOneBy(Thread, { thread_id: undefined }))).rejects.toThrow(
        /undefined/i,
      );
      await expect(
        asBob(() => manager.update(Thread, { thread_id: undefined }, { status: 'x' })),
      ).rejects.toThrow();
      await expect(asBob(() => manager.delete(Thread, { thread_id: undefined }))).rejects.toThrow();
    });
  });

  describe('a colon in SQL reads as a parameter', () => {
    it('so that neither keys nor values of a filter are written into it', async () => {
      const scope = scopeWith('bob', {
        threads: { 'a:status b': { $exists: false }, owner: { $ne: ':status' } },
      });
      const found = await AuthorizationContext.run(scope, () =>
        manager
          .createQueryBuilder(Thread, 't')
          .where('t.status = :status', { status: 'idle', b: 'x' })
          .getMany(),
      );
      expect(idsOf(found)).toEqual(['alice-0', 'bob-0']);
    });

    it('and names of columns within keys and values are not replaced', async () => {
      await runAsSystem('seed', () => manager.update(Thread, 'bob-0', { metadata: { 'x status y': 1 } }));
      const scope = scopeWith('bob', { threads: { 'x status y': { $exists: true } } });
      const { affected } = await AuthorizationContext.run(scope, () =>
        manager.createQueryBuilder().update(Thread).set({ status: 'x' }).execute(),
      );
      expect(affected).toBe(1);
    });
  });

  describe('every new DataSource() resets the registry of builder classes', () => {
    it('which is not where the scoped ones are kept', async () => {
      new DataSource({ type: 'postgres', url: 'postgres://127.0.0.1/none' });
      const { affected } = await asBob(() => manager.updateAll(Thread, { status: 'x' }));
      expect(affected).toBe(1);
      await asBob(() =>
        manager.createQueryBuilder(Thread, 't').relation(Run, 'thread').of('bob-run').loadOne(),
      );
    });
  });

  describe('text in the place of a document', () => {
    it('is stored as a JSON string, which has no keys for a filter to find', async () => {
      const notAlice = scopeWith('bob', { threads: { owner: { $ne: 'alice' } } });
      const metadata = JSON.stringify(ALICE) as unknown as object;
      const writes: readonly (() => Promise<unknown>)[] = [
        () =>
          manager.insert(
            Thread,
            rowOf<Thread>({ thread_id: 'x', metadata: { ...BOB, toJSON: () => metadata } }),
          ),
        () => manager.update(Thread, 'bob-0', { metadata }),
        () => manager.insert(Thread, { thread_id: 'y', metadata }),
      ];
      for (const write of writes) await AuthorizationContext.run(notAlice, write).catch(() => undefined);
      const threads = await runAsSystem('look', () => manager.find(Thread));
      expect(idsOf(threads.filter(({ metadata: { owner } }) => owner === 'alice'))).toEqual(['alice-0']);
    });
  });

  describe('listeners change values after they were given', () => {
    it('so that a new row is checked when it is rendered', async () => {
      meddling.insert = (row) => Object.assign(row, { metadata: ALICE });
      const attempt = asBob(() => manager.insert(Thread, { thread_id: 'x', metadata: BOB }));
      await expect(attempt).rejects.toMatchObject({ name: 'ScopeViolationError' });
    });

    it('and a changed one, too', async () => {
      meddling.update = (values) => Object.assign(values, { metadata: ALICE });
      const attempt = asBob(() => manager.update(Thread, 'bob-0', { status: 'x' }));
      await expect(attempt).rejects.toMatchObject({ name: 'ScopeViolationError' });
    });

    it('and a parent has to be the one that was verified', async () => {
      meddling.insert = (row) => Object.assign(row, { thread_id: 'alice-0' });
      const attempt = asBob(() => manager.insert(Run, { run_id: 'x', thread_id: 'bob-0' }));
      await expect(attempt).rejects.toMatchObject({ name: 'ScopeViolationError' });
    });
  });

  describe('clones and embedded builders lose parameters', () => {
    it('but those of the scope are always all there', async () => {
      await asBob(async () => {
        const builder = manager.createQueryBuilder(Thread, 't');
        const text = builder.getQuery();
        const outer = manager.createQueryBuilder().select('*').from(`(${text})`, 's');
        expect(await outer.getRawMany()).toHaveLength(1);
        expect(await builder.clone().clone().getCount()).toBe(1);
      });
    });

    it('and SQL that was rendered in another scope is refused, since its values are missing', async () => {
      const notAlice = scopeWith('bob', { threads: { owner: { $ne: 'alice' } } });
      const text = AuthorizationContext.run(notAlice, () =>
        manager.createQueryBuilder(Thread, 't').getQuery(),
      );
      const attempt = asBob(() =>
        manager.createQueryBuilder().select('*').from(`(${text})`, 's').getRawMany(),
      );
      await expect(attempt).rejects.toMatchObject({ name: 'UnscopedSqlError' });
    });
  });

  describe('one builder in several scopes', () => {
    it('is scoped anew each time it runs', async () => {
      const builder = manager.createQueryBuilder(Thread, 't');
      expect(idsOf(await asAlice(() => builder.getMany()))).toEqual(['alice-0']);
      expect(idsOf(await asBob(() => builder.getMany()))).toEqual(['bob-0']);
    });

    it('also when both run at once', async () => {
      const read = (): Promise<Thread[]> => manager.find(Thread);
      const found = await Promise.all(
        Array.from({ length: 20 }, (_, turn) => (turn % 2 ? asBob(read) : asAlice(read))),
      );
      expect(
        found.map((threads, turn) => idsOf(threads)[0] === (turn % 2 ? 'bob-0' : 'alice-0')),
      ).not.toContain(false);
    });
  });

  describe('IN (SELECT ...) collects every parent first', () => {
    it('so that children are scoped by a correlated EXISTS', async () => {
      const sql = await asBob(async () => manager.createQueryBuilder(Run, 'r').getQuery());
      expect(sql).toContain('EXISTS (SELECT 1 FROM "thread"');
      expect(sql).not.toContain(' IN (');
    });
  });

  describe('what the text of a statement depends on', () => {
    it('is not who asks: prepared statements are shared', async () => {
      const texts: string[] = [];
      const query = jest
        .spyOn(dataSource.logger, 'logQuery')
        .mockImplementation((sql) => void texts.push(sql));
      await asAlice(() => manager.findOneBy(Thread, { thread_id: 'bob-0' }));
      await asBob(() => manager.findOneBy(Thread, { thread_id: 'bob-0' }));
      query.mockRestore();
      expect(new Set(texts.filter((text) => text.includes('thread'))).size).toBe(1);
    });
  });
});
