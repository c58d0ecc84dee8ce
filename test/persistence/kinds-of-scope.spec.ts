import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { EntityManager } from 'typeorm';
import { AuthorizationContext, runAsSystem } from '../../src/on-auth/authorization.context.js';
import type { ScopedDataSource } from '../../src/persistence/scoped-data-source.js';
import { openDataSource, type TestDataSource } from '../support/data-source.js';
import { databases } from '../support/databases.js';
import { entities, Note, Run, Step, Tag, Thread } from './ways-to-reach-a-row.entities.js';
import { scopeWith } from './ways-to-reach-a-row.scopes.js';
import { seed } from './ways-to-reach-a-row.seed.js';

describe.each(databases)('kinds of scope on $dialect', ({ create }) => {
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

  /** Runs as somebody with these results of handlers, by resource. */
  function as<T>(results: Readonly<Record<string, unknown>>, work: () => T): T {
    return AuthorizationContext.run(scopeWith('bob', results), work);
  }
  const idsOf = async (threads: Promise<Thread[]>): Promise<readonly string[]> =>
    (await threads).map(({ thread_id }) => thread_id).sort();

  describe('outside any authorization', () => {
    const touches: readonly [string, () => Promise<unknown>][] = [
      ['find', () => manager.find(Thread)],
      ['find of a child', () => manager.find(Run)],
      ['find of a grandchild', () => manager.find(Step)],
      ['count', () => manager.count(Thread)],
      ['join', () => manager.find(Note, { relations: { thread: true } })],
      ['update', () => manager.update(Thread, 'bob-0', { status: 'x' })],
      ['delete', () => manager.delete(Run, 'bob-run-0')],
      ['insert', () => manager.insert(Thread, { thread_id: 'new', metadata: {} })],
      ['insert of a child', () => manager.insert(Run, { run_id: 'new', thread_id: 'bob-0' })],
      ['save', () => manager.save(Thread, { thread_id: 'bob-0', metadata: {} })],
      ['upsert', () => manager.upsert(Thread, { thread_id: 'bob-0', metadata: {} }, ['thread_id'])],
      ['soft delete', () => manager.softDelete(Thread, 'bob-0')],
      ['transaction', () => dataSource.transaction((inner) => inner.find(Thread))],
      ['raw SQL', () => dataSource.query('SELECT * FROM thread')],
      ['clear', () => manager.clear(Step)],
    ];

    it.each(touches)('refuses %s', async (_name, touch) => {
      await expect(touch()).rejects.toMatchObject({ name: 'ScopeMissingError' });
    });

    it('says what was asked for', async () => {
      await expect(manager.find(Run)).rejects.toThrow('a query on Run outside any authorization');
    });

    it('refuses in a request that nobody was authorized for yet', async () => {
      await expect(AuthorizationContext.open(() => manager.find(Thread))).rejects.toMatchObject({
        name: 'ScopeMissingError',
      });
    });

    it('leaves entities that are not scoped alone', async () => {
      expect(await manager.count(Note)).toBe(2);
    });
  });

  describe('the system', () => {
    it('reaches every row, by builders and by raw SQL', async () => {
      await runAsSystem('test', async () => {
        expect(await manager.count(Thread)).toBe(4);
        expect(await manager.count(Step)).toBe(2);
        expect(await dataSource.query('SELECT * FROM thread')).toHaveLength(5);
        expect((await manager.update(Thread, { thread_id: 'alice-0' }, { status: 'busy' })).affected).toBe(1);
      });
    });
  });

  describe('a decision that allows', () => {
    it('reaches every row', async () => {
      await as({ threads: true }, async () => {
        expect(await idsOf(manager.find(Thread))).toEqual(['alice-0', 'alice-1', 'bob-0', 'bob-1']);
        expect(await manager.count(Run)).toBe(3);
        expect(await manager.count(Step)).toBe(2);
      });
    });

    it('writes any row, and moves children', async () => {
      await as({ threads: true }, async () => {
        await manager.insert(Thread, { thread_id: 'new', metadata: { owner: 'carol' } });
        await manager.insert(Run, { run_id: 'new-run', thread_id: 'alice-0' });
        await manager.update(Run, 'new-run', { thread_id: 'new' });
        await manager.upsert(Thread, { thread_id: 'alice-0', metadata: {} }, ['thread_id']);
        expect(await manager.countBy(Run, { thread_id: 'new' })).toBe(1);
      });
    });

    it('still has no raw SQL on scoped tables', async () => {
      await as({ threads: true }, () =>
        expect(dataSource.query('SELECT * FROM thread')).rejects.toMatchObject({ name: 'UnscopedSqlError' }),
      );
    });
  });

  describe('a decision that denies', () => {
    it('reaches no row', async () => {
      await as({ threads: false }, async () => {
        expect(await manager.find(Thread, { withDeleted: true })).toEqual([]);
        expect(await manager.count(Run)).toBe(0);
        expect(await manager.count(Step)).toBe(0);
        expect((await manager.updateAll(Thread, { status: 'x' })).affected).toBe(0);
        expect((await manager.deleteAll(Run)).affected).toBe(0);
      });
    });

    it('inserts nothing', async () => {
      await as({ threads: false }, async () => {
        const violation = { name: 'ScopeViolationError', keys: [] };
        await expect(
          manager.insert(Thread, { thread_id: 'new', metadata: { owner: 'bob' } }),
        ).rejects.toMatchObject(violation);
        await expect(manager.insert(Run, { run_id: 'new', thread_id: 'bob-0' })).rejects.toMatchObject(
          violation,
        );
      });
    });
  });

  describe('a decision about another resource', () => {
    it('does not reach threads', async () => {
      await as({ assistants: true }, async () => {
        const missing = { name: 'ScopeMissingError' };
        expect(await manager.count(Tag)).toBe(2);
        await expect(manager.find(Thread)).rejects.toMatchObject(missing);
        await expect(manager.find(Run)).rejects.toMatchObject(missing);
        await expect(manager.find(Step)).rejects.toMatchObject(missing);
        await expect(manager.find(Tag, { relations: { threads: true } })).rejects.toMatchObject(missing);
        await expect(manager.updateAll(Thread, { status: 'x' })).rejects.toMatchObject(missing);
        await expect(manager.insert(Thread, { thread_id: 'new', metadata: {} })).rejects.toMatchObject(
          missing,
        );
        await expect(dataSource.query('DELETE FROM thread')).rejects.toMatchObject({
          name: 'UnscopedSqlError',
        });
      });
    });

    it('names the entity and the resource that was not decided', async () => {
      await as({ assistants: true }, () =>
        expect(manager.find(Run)).rejects.toThrow('a query on Run, but nothing was decided about "threads"'),
      );
    });
  });

  describe('two decisions', () => {
    const links = (): Promise<unknown[]> =>
      manager.createQueryBuilder().select('j.*').from('thread_tag', 'j').getRawMany();

    it('both decide about the junction of their entities', async () => {
      const own = { owner: 'bob' };
      expect(await as({ threads: own, assistants: own }, links)).toHaveLength(1);
      expect(await as({ threads: own, assistants: true }, links)).toHaveLength(2);
      expect(await as({ threads: true, assistants: own }, links)).toHaveLength(2);
      expect(await as({ threads: true, assistants: true }, links)).toHaveLength(3);
      expect(await as({ threads: own, assistants: false }, links)).toHaveLength(0);
    });

    it('are not mixed up when one of them is shared', async () => {
      const shared = scopeWith('bob', { threads: true, assistants: { owner: 'bob' } });
      const wider = {
        ...shared,
        decisions: new Map([...shared.decisions, ['assistants', { kind: 'allow' } as const]]),
      };
      expect(await AuthorizationContext.run(shared, links)).toHaveLength(2);
      expect(await AuthorizationContext.run(wider, links)).toHaveLength(3);
      expect(await AuthorizationContext.run(shared, links)).toHaveLength(2);
    });
  });

  describe('a scope within a scope', () => {
    it('holds alone while it lasts', async () => {
      await as({ threads: { owner: 'bob' } }, async () => {
        expect(await idsOf(manager.find(Thread))).toEqual(['bob-0', 'bob-1']);
        await as({ threads: { owner: 'alice' } }, async () => {
          expect(await idsOf(manager.find(Thread))).toEqual(['alice-0', 'alice-1']);
        });
        expect(await idsOf(manager.find(Thread))).toEqual(['bob-0', 'bob-1']);
      });
    });
  });

  describe('filters of every kind', () => {
    it.each([
      [{ owner: { $ne: 'alice' } }, ['bob-0', 'bob-1']],
      [{ owner: { $in: ['alice', 'carol'] } }, ['alice-0', 'alice-1']],
      [{ tags: { $contains: 'x' } }, ['alice-0', 'alice-1']],
      [{ team: { $exists: false } }, ['alice-0', 'alice-1', 'bob-0', 'bob-1']],
      [{ $or: [{ owner: 'bob' }, { tags: { $contains: ['x'] } }] }, ['alice-0', 'alice-1', 'bob-0', 'bob-1']],
      [{ $and: [{ owner: 'bob' }, { tags: { $contains: 'x' } }] }, []],
      [{ $not: { owner: 'bob' } }, ['alice-0', 'alice-1']],
      [{ "it's a status key: (owner = :owner)": 'x' }, []],
      [{ owner: "bob' OR '1'='1" }, []],
    ])('%j', async (filter, visible) => {
      expect(await as({ threads: filter }, () => idsOf(manager.find(Thread)))).toEqual(visible);
      const children = visible.filter((id) => id !== 'bob-1');
      const runs = await as({ threads: filter }, () => manager.find(Run, { loadEagerRelations: false }));
      expect(runs.map(({ thread_id }) => thread_id).sort()).toEqual(children);
    });
  });
});
