import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { In, type EntityManager } from 'typeorm';
import { AuthorizationContext } from '../../src/on-auth/authorization.context.js';
import type { ScopedDataSource } from '../../src/persistence/scoped-data-source.js';
import { openDataSource, type TestDataSource } from '../support/data-source.js';
import { databases } from '../support/databases.js';
import { entities, Note, Run, Step, Tag, Thread, ThreadOverview } from './ways-to-reach-a-row.entities.js';
import { scopeFor } from './ways-to-reach-a-row.scopes.js';
import { seed } from './ways-to-reach-a-row.seed.js';
import { BOB } from './ways/way.js';

/** What the scope must not take away: everything that TypeORM does with rows that are visible. */
describe.each(databases)('own rows on $dialect', ({ dialect, create }) => {
  let opened: TestDataSource;
  let dataSource: ScopedDataSource;
  let manager: EntityManager;

  beforeAll(async () => {
    opened = await openDataSource(create, { entities });
    ({ dataSource } = opened);
    ({ manager } = dataSource);
  });
  beforeEach(() => seed(dataSource));
  afterAll(() => opened.close());

  /** A test that runs as Bob. */
  const bobCan = (what: string, test: () => Promise<void>): void =>
    it(what, () => AuthorizationContext.run(scopeFor('bob'), test));
  const bob0 = { thread_id: 'bob-0' };
  const idsOf = (threads: readonly Thread[]): readonly string[] => threads.map(({ thread_id }) => thread_id);

  describe('reads', () => {
    bobCan('find them, whole', async () => {
      const [thread] = await manager.find(Thread, { order: { thread_id: 'ASC' } });
      expect(thread).toMatchObject({
        ...bob0,
        metadata: BOB,
        status: 'idle',
        counter: 1,
        version: 1,
        deleted_at: null,
      });
      expect(thread?.created_at).toBeInstanceOf(Date);
    });

    bobCan('find them with relations, without foreign members', async () => {
      const thread = await manager.findOneOrFail(Thread, {
        where: bob0,
        relations: { runs: { steps: true }, tags: true },
      });
      expect(thread.runs.map(({ run_id }) => run_id)).toEqual(['bob-run-0']);
      expect(thread.runs[0]?.steps.map(({ step_id }) => step_id)).toEqual(['bob-step-0']);
      expect(thread.tags.map(({ tag_id }) => tag_id)).toEqual(['tag-bob']);
    });

    bobCan('find relations in queries of their own', async () => {
      const [thread] = await manager.find(Thread, {
        where: bob0,
        relations: { tags: true },
        relationLoadStrategy: 'query',
      });
      expect(thread?.tags.map(({ tag_id }) => tag_id)).toEqual(['tag-bob']);
    });

    bobCan('page through joined rows', async () => {
      const page = { relations: { runs: true }, order: { thread_id: 'ASC' }, take: 1 } as const;
      expect(idsOf(await manager.find(Thread, { ...page, skip: 0 }))).toEqual(['bob-0']);
      expect(idsOf(await manager.find(Thread, { ...page, skip: 1 }))).toEqual(['bob-1']);
      expect((await manager.findAndCount(Thread, page))[1]).toBe(2);
    });

    bobCan('count, sum and test for existence', async () => {
      expect(await manager.count(Thread)).toBe(2);
      expect(await manager.sum(Thread, 'counter')).toBe(2);
      expect(await manager.existsBy(Thread, bob0)).toBe(true);
      expect(await manager.countBy(Step, { step_id: In(['bob-step-0', 'alice-step-0']) })).toBe(1);
    });

    bobCan('follow eager and lazy relations', async () => {
      const run = await manager.findOneByOrFail(Run, { run_id: 'bob-run-0' });
      expect(run.thread.thread_id).toBe('bob-0');
      expect((await run.lazy_thread)?.thread_id).toBe('bob-0');
      expect((await run.thread.lazy_runs).map(({ run_id }) => run_id)).toEqual(['bob-run-0']);
    });

    bobCan('left-join a row that is out of reach as if it were not there', async () => {
      const notes = await manager.find(Note, { relations: { thread: true }, order: { note_id: 'ASC' } });
      expect(notes.map(({ thread }) => thread?.thread_id)).toEqual([undefined, 'bob-0']);
    });

    bobCan('read through a view', async () => {
      expect(await manager.count(ThreadOverview)).toBe(2);
    });

    bobCan('combine builders, sub-queries and parameters', async () => {
      const inner = dataSource
        .createQueryBuilder()
        .select('r.thread_id')
        .from(Run, 'r')
        .where('r.status = :s', { s: 'pending' });
      const found = await manager
        .createQueryBuilder(Thread, 't')
        .where(`t.thread_id IN (${inner.getQuery()})`)
        .setParameters(inner.getParameters())
        .andWhere('t.counter = :counter', { counter: 1 })
        .getMany();
      expect(idsOf(found)).toEqual(['bob-0']);
    });
  });

  describe('writes', () => {
    bobCan('update, increment and save them', async () => {
      expect((await manager.update(Thread, bob0, { status: 'busy' })).affected).toBe(1);
      await manager.increment(Thread, bob0, 'counter', 2);
      const thread = await manager.findOneByOrFail(Thread, bob0);
      await manager.save(Object.assign(thread, { metadata: { ...BOB, title: 'x' } }));
      expect(await manager.findOneBy(Thread, bob0)).toMatchObject({
        status: 'busy',
        counter: 3,
        metadata: { title: 'x' },
      });
    });

    bobCan('update by raw expressions and OR conditions, and only them', async () => {
      const { affected } = await manager
        .createQueryBuilder()
        .update(Thread)
        .set({ counter: () => 'counter + 1' })
        .where('thread_id = :id OR counter = 1', { id: 'nobody' })
        .execute();
      expect(affected).toBe(2);
    });

    bobCan('insert rows, children and grandchildren', async () => {
      await manager.insert(Thread, [
        { thread_id: 'bob-8', metadata: BOB },
        { thread_id: 'bob-9', metadata: BOB },
      ]);
      await manager.insert(Run, [
        { run_id: 'bob-run-8', thread_id: 'bob-8' },
        { run_id: 'bob-run-9', thread: { thread_id: 'bob-9' } },
      ]);
      await manager.insert(Step, { step_id: 'bob-step-9', run_id: 'bob-run-9' });
      expect(await manager.count(Run)).toBe(3);
      expect(await manager.countBy(Step, { run: { thread: { thread_id: 'bob-9' } } })).toBe(1);
    });

    bobCan('save a tree of new rows', async () => {
      const thread = manager.create(Thread, {
        thread_id: 'bob-9',
        metadata: BOB,
        runs: [{ run_id: 'bob-run-9' }],
      });
      await manager.save(thread);
      expect(await manager.countBy(Run, { thread_id: 'bob-9' })).toBe(1);
    });

    bobCan('insert a child below a row of the same transaction', async () => {
      await dataSource.transaction(async (inner) => {
        await inner.insert(Thread, { thread_id: 'bob-9', metadata: BOB });
        await inner.insert(Run, { run_id: 'bob-run-9', thread_id: 'bob-9' });
      });
      expect(await manager.countBy(Run, { thread_id: 'bob-9' })).toBe(1);
    });

    bobCan('insert a child below a row that was soft-deleted', async () => {
      await manager.softDelete(Thread, bob0);
      await manager.insert(Run, { run_id: 'bob-run-9', thread_id: 'bob-0' });
      expect(await manager.countBy(Run, { run_id: 'bob-run-9' })).toBe(1);
    });

    bobCan('link and unlink over a junction', async () => {
      const tags = (): Promise<Tag[]> =>
        manager.createQueryBuilder().relation(Thread, 'tags').of('bob-1').loadMany();
      await manager.createQueryBuilder().relation(Thread, 'tags').of('bob-1').add('tag-bob');
      expect(await tags()).toHaveLength(1);
      await manager.createQueryBuilder().relation(Thread, 'tags').of('bob-1').remove('tag-bob');
      expect(await tags()).toHaveLength(0);
    });

    bobCan('upsert: new, existing, and unchanged rows', async () => {
      const upsert = (status: string, skipUpdateIfNoValuesChanged: boolean): Promise<unknown> =>
        manager.upsert(
          Thread,
          { thread_id: 'bob-9', metadata: BOB, status },
          { conflictPaths: ['thread_id'], skipUpdateIfNoValuesChanged },
        );
      await upsert('new', false);
      await upsert('changed', false);
      await upsert('changed', true);
      await upsert('again', true);
      expect((await manager.findOneByOrFail(Thread, { thread_id: 'bob-9' })).status).toBe('again');
    });

    bobCan('upsert children', async () => {
      await manager.upsert(Run, { run_id: 'bob-run-0', thread_id: 'bob-1', status: 'done' }, ['run_id']);
      expect(await manager.findOneBy(Run, { run_id: 'bob-run-0' })).toMatchObject({
        status: 'done',
        thread_id: 'bob-1',
      });
    });

    bobCan('insert and ignore what exists', async () => {
      await manager
        .createQueryBuilder()
        .insert()
        .into(Thread)
        .values([
          { ...bob0, metadata: BOB },
          { thread_id: 'bob-9', metadata: BOB },
        ])
        .orIgnore()
        .execute();
      expect(await manager.count(Thread)).toBe(3);
    });

    bobCan('delete, remove, soft-delete, recover and restore them', async () => {
      await manager.softDelete(Thread, bob0);
      expect(await manager.existsBy(Thread, bob0)).toBe(false);
      await manager.restore(Thread, bob0);
      const thread = await manager.findOneByOrFail(Thread, bob0);
      await manager.softRemove(thread);
      await manager.recover(thread);
      await manager.remove(thread);
      expect((await manager.delete(Thread, { thread_id: 'bob-1' })).affected).toBe(1);
      expect(await manager.count(Thread)).toBe(0);
    });

    bobCan('roll a transaction back', async () => {
      const failing = dataSource.transaction(async (inner) => {
        await inner.update(Thread, bob0, { status: 'busy' });
        throw new Error('on purpose');
      });
      await expect(failing).rejects.toThrow('on purpose');
      expect(await manager.findOneBy(Thread, bob0)).toMatchObject({ status: 'idle' });
    });

    if (dialect === 'postgres') {
      bobCan('see what a statement returns', async () => {
        const { raw } = await manager.update(
          Thread,
          bob0,
          { status: 'busy' },
          { returning: ['thread_id', 'status'] },
        );
        expect(raw).toEqual([{ thread_id: 'bob-0', status: 'busy' }]);
      });
    }
  });

  it('leaves nothing written of an upsert that meets a foreign row', async () => {
    await AuthorizationContext.run(scopeFor('bob'), async () => {
      const rows = ['bob-9', 'alice-0'].map((thread_id) => ({ thread_id, metadata: BOB }));
      await expect(manager.upsert(Thread, rows, ['thread_id'])).rejects.toMatchObject({
        name: 'ScopeViolationError',
      });
      expect(await manager.existsBy(Thread, { thread_id: 'bob-9' })).toBe(false);
    });
  });

  it('says which keys a new row misses', async () => {
    await AuthorizationContext.run(scopeFor('bob'), () =>
      expect(manager.insert(Thread, { thread_id: 'x', metadata: {} })).rejects.toMatchObject({
        message: 'The new Thread does not match the filter of the handler (keys: owner)',
        keys: ['owner'],
      }),
    );
  });
});
