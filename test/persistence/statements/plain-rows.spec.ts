import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { EntityManager, In, Not } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { AuthorizationContext, runAsSystem } from '../../../src/on-auth/authorization.context.js';
import { AutocommitRunner } from '../../../src/persistence/postgres/autocommit.runner.js';
import type { ScopedDataSource } from '../../../src/persistence/scoped-data-source.js';
import { ParentCheck } from '../../../src/persistence/scoping/parent.check.js';
import { insertRows } from '../../../src/persistence/statements/row.insertion.js';
import { RowSearch } from '../../../src/persistence/statements/row.search.js';
import { isUniqueViolation } from '../../../src/persistence/unique-violation.js';
import { openDataSource, type TestDataSource } from '../../support/data-source.js';
import { databases } from '../../support/databases.js';
import { scopeFor, scopeWith } from '../ways-to-reach-a-row.scopes.js';
import { Clerk, Draft, Enclosure, Letter, Seal, Telegram, entities } from './plain-rows.entities.js';

const OWNERS = ['alice', 'bob', 'carol', 'dave'];

function letterOf(owner: string, letter_id = `${owner}-0`): Partial<Letter> {
  return {
    letter_id,
    metadata: { owner, team: `${owner}s`, 'a:own_0': [1, { b: null }] },
    subject: `Dear ${owner}`,
    body: null,
    pages: 3,
    weight: 0.5,
    sealed: true,
    sent_at: new Date(1_700_000_000_123),
    read_at: null,
    stamps: ['first', 2, null],
  };
}

/** What TypeORM itself would do, by the scoped query builders. */
const typeorm = EntityManager.prototype;

/** Where that costs next to nothing each test has a data source of its own, and so remembers nothing of the others. */
const lifetimes = { sqlite: [beforeEach, afterEach], postgres: [beforeAll, afterAll] } as const;

describe.each(databases)('rows of plain entities on $dialect', ({ dialect, create }) => {
  const [beforeUse, afterUse] = lifetimes[dialect];
  let opened: TestDataSource;
  let dataSource: ScopedDataSource;
  let manager: EntityManager;

  beforeUse(async () => {
    opened = await openDataSource(create, { entities });
    ({ dataSource } = opened);
    ({ manager } = dataSource);
  });
  beforeEach(() =>
    runAsSystem('seed', async () => {
      for (const entity of entities) await manager.deleteAll(entity);
      for (const owner of OWNERS) await manager.insert(Letter, letterOf(owner) as never);
    }),
  );
  afterEach(() => {
    jest.restoreAllMocks();
    dataSource.subscribers.length = 0;
  });
  afterUse(() => opened.close());

  const as = <T>(owner: string, work: () => Promise<T>): Promise<T> =>
    AuthorizationContext.run(scopeFor(owner), work);
  const asSystem = <T>(work: () => Promise<T>): Promise<T> => runAsSystem('look', work);
  const stored = (letter_id: string): Promise<Letter | null> =>
    asSystem(() => manager.findOneBy(Letter, { letter_id }));

  it('are found as TypeORM finds them', async () => {
    const short = await as('bob', () =>
      manager.findOneBy(Letter, { letter_id: 'bob-0', pages: 3, sealed: true }),
    );
    const long = await as('bob', () =>
      typeorm.findOneBy.call(manager, Letter, { letter_id: 'bob-0', pages: 3, sealed: true }),
    );
    expect(short).toBeInstanceOf(Letter);
    expect(short).toEqual(long);
    expect(short).toEqual(Object.assign(new Letter(), letterOf('bob')));
  });

  it('are inserted, changed and removed as TypeORM does it', async () => {
    const change = {
      subject: null,
      weight: -1.25,
      sealed: false,
      read_at: new Date(5),
      stamps: { a: [true] },
    };
    const results: unknown[] = [];
    const raw: unknown[] = [];
    for (const way of [manager, typeorm]) {
      const { insert, update, delete: remove } = way;
      await as('bob', async () => {
        const inserted = await insert.call(manager, Letter, letterOf('bob', 'new') as never);
        const changed = await update.call(manager, Letter, { letter_id: 'new', pages: 3 }, change as never);
        results.push([inserted.identifiers, inserted.generatedMaps, changed.affected, await stored('new')]);
        raw.push(await asSystem(() => dataSource.query("SELECT * FROM letter WHERE letter_id = 'new'")));
        const removed = await remove.call(manager, Letter, { letter_id: 'new' });
        results.push([removed.affected, await stored('new')]);
      });
    }
    expect(results.slice(0, 2)).toEqual(results.slice(2));
    expect(raw[0]).toEqual(raw[1]);
    expect(results[0]).toEqual([
      [{ letter_id: 'new' }],
      [{}],
      1,
      Object.assign(new Letter(), letterOf('bob', 'new'), change),
    ]);
    expect(results[1]).toEqual([1, null]);
  });

  it('get NULL where a new one has no value, and keep what a change leaves out', async () => {
    await as('bob', async () => {
      const { subject, stamps, ...rest } = letterOf('bob', 'new');
      expect([subject, stamps]).not.toContain(undefined);
      await manager.insert(Letter, { ...rest, body: undefined } as never);
      await manager.update(Letter, { letter_id: 'new' }, { pages: 9, weight: undefined });
    });
    const expected = { ...letterOf('bob', 'new'), subject: null, stamps: null, pages: 9 };
    expect(await stored('new')).toEqual(Object.assign(new Letter(), expected));
  });

  it('take no query builder, which is what makes them quick', async () => {
    const builders = jest.spyOn(dataSource, 'createQueryBuilder');
    await as('bob', async () => {
      await manager.insert(Letter, letterOf('bob', 'new') as never);
      expect(await manager.findOneBy(Letter, { letter_id: 'new', pages: 3, sealed: true })).not.toBeNull();
      await manager.update(Letter, { letter_id: 'new' }, { pages: 4 });
      await manager.delete(Letter, { letter_id: 'new' });
    });
    expect(builders).not.toHaveBeenCalled();
  });

  it('are put together as SQL once', async () => {
    const use = (): Promise<unknown> =>
      as('bob', async () => {
        await manager.insert(Letter, letterOf('bob', 'new') as never);
        await manager.findOneBy(Letter, { letter_id: 'new' });
        await manager.delete(Letter, { letter_id: 'new' });
      });
    await use();
    const compile = jest.spyOn(dataSource.driver, 'escapeQueryWithParameters');
    await use();
    expect(compile).not.toHaveBeenCalled();
  });

  it('are told apart by the columns that they are asked for by, or changed in', async () => {
    await as('bob', async () => {
      const key = { letter_id: 'bob-0' };
      expect(await manager.findOneBy(Letter, key)).not.toBeNull();
      expect(await manager.findOneBy(Letter, { subject: 'Dear nobody' })).toBeNull();
      expect(await manager.findOneBy(Letter, { ...key, pages: 4 })).toBeNull();
      await manager.update(Letter, key, { pages: 4 });
      await manager.update(Letter, key, { subject: 'Dear me' });
      await manager.update(Letter, { pages: 4 }, { body: 'Hello' });
      expect(await stored('bob-0')).toMatchObject({ pages: 4, subject: 'Dear me', body: 'Hello' });
      expect((await manager.delete(Letter, { pages: 99 })).affected).toBe(0);
      expect((await manager.delete(Letter, key)).affected).toBe(1);
    });
  });

  it('are told apart by names that read alike', async () => {
    await asSystem(async () => {
      await manager.insert(Seal, { a: '1', ab: '2', bc: '3', c: '4' });
      expect(await manager.findOneBy(Seal, { a: '1', bc: '3' })).not.toBeNull();
      expect(await manager.findOneBy(Seal, { ab: '1', c: '3' })).toBeNull();
      expect(await manager.findOneBy(Seal, { ab: '2', c: '4' })).not.toBeNull();
    });
  });

  it('are changed by SQL in the place of a value', async () => {
    await as('bob', () => manager.update(Letter, { letter_id: 'bob-0' }, { pages: () => 'pages + 1' }));
    expect(await stored('bob-0')).toMatchObject({ pages: 4 });
  });

  it('are written by the system whoever they belong to', async () => {
    await asSystem(async () => {
      await manager.update(Letter, { letter_id: 'bob-0' }, { metadata: { owner: 'alice' } });
      await manager.insert(Enclosure, { enclosure_id: 'e', letter_id: 'bob-0' });
      expect((await manager.delete(Letter, { letter_id: 'alice-0' })).affected).toBe(1);
    });
    expect(await stored('bob-0')).toMatchObject({ metadata: { owner: 'alice' } });
  });

  it('are not overwritten by a new one whose id is taken', async () => {
    const attempt = as('bob', () => manager.insert(Letter, { ...letterOf('bob'), pages: 9 } as never));
    const error: unknown = await attempt.catch((reason: unknown) => reason);
    expect(isUniqueViolation(error)).toBe(true);
    expect(await stored('bob-0')).toMatchObject({ pages: 3 });
  });

  describe('of somebody else', () => {
    it('are not found, changed or removed', async () => {
      await as('bob', async () => {
        const foreign = { letter_id: 'alice-0' };
        expect(await manager.findOneBy(Letter, foreign)).toBeNull();
        expect((await manager.update(Letter, foreign, { pages: 99 })).affected).toBe(0);
        expect((await manager.delete(Letter, foreign)).affected).toBe(0);
      });
      expect(await stored('alice-0')).toEqual(Object.assign(new Letter(), letterOf('alice')));
    });

    it('cannot be made, by a new row or by a changed one', async () => {
      const name = 'ScopeViolationError';
      await as('bob', async () => {
        const { metadata, ...without } = letterOf('bob', 'new');
        expect(metadata).toBeDefined();
        for (const row of [letterOf('alice', 'new'), without, { ...without, metadata: null }])
          await expect(manager.insert(Letter, row as never)).rejects.toMatchObject({ name });
        for (const owner of ['alice', 'BOB', ['bob'], null])
          await expect(
            manager.update(Letter, { letter_id: 'bob-0' }, { metadata: { owner } } as never),
          ).rejects.toMatchObject({ name });
      });
      expect(await stored('new')).toBeNull();
      expect(await stored('bob-0')).toEqual(Object.assign(new Letter(), letterOf('bob')));
    });

    it('are no parents of new ones', async () => {
      for (const letter_id of ['alice-0', 'nobody'])
        await expect(
          as('bob', () => manager.insert(Enclosure, { enclosure_id: 'e', letter_id })),
        ).rejects.toMatchObject({ name: 'ScopeViolationError' });
      expect(await asSystem(() => manager.count(Enclosure))).toBe(0);
    });

    it('are out of reach for SQL in the place of a value', async () => {
      await as('bob', async () => {
        const sql = { metadata: () => `'{"owner":"alice"}'` };
        await expect(manager.update(Letter, { letter_id: 'bob-0' }, sql as never)).rejects.toMatchObject({
          name: 'UnscopedSqlError',
        });
        await expect(
          manager.insert(Letter, { ...letterOf('bob', 'new'), ...sql } as never),
        ).rejects.toMatchObject({ name: 'UnscopedSqlError' });
      });
    });
  });

  describe('and scopes', () => {
    it('of one form share a statement, each with its own values, also at once', async () => {
      const texts = new Set<string>();
      jest.spyOn(dataSource.logger, 'logQuery').mockImplementation((sql) => void texts.add(sql));
      const found = await Promise.all(
        Array.from({ length: 200 }, (_, turn) => {
          const owner = OWNERS[turn % OWNERS.length];
          const wanted = OWNERS[Math.floor(turn / OWNERS.length) % OWNERS.length];
          return as(owner, async () => {
            const letter = await manager.findOneBy(Letter, { letter_id: `${wanted}-0` });
            return (letter?.letter_id === `${wanted}-0`) === (owner === wanted);
          });
        }),
      );
      expect(new Set(found)).toEqual(new Set([true]));
      expect(texts.size).toBe(1);
    });

    it('of one form, but about other keys, do not mix', async () => {
      const byTeam = (team: string) => scopeWith('x', { threads: { team } });
      const byWriter = (writer: string) => scopeWith('x', { threads: { writer } });
      const find = () => manager.findOneBy(Letter, { letter_id: 'bob-0' });
      expect(await AuthorizationContext.run(byTeam('bobs'), find)).not.toBeNull();
      expect(await AuthorizationContext.run(byWriter('bobs'), find)).toBeNull();
      expect(await AuthorizationContext.run(byTeam('alices'), find)).toBeNull();
    });

    it.each([
      [{ owner: { $in: ['alice', 'bob'] } }, ['alice-0', 'bob-0']],
      [{ owner: { $in: ['bob'] } }, ['bob-0']],
      [{ $or: [{ owner: 'carol' }, { team: 'daves' }] }, ['carol-0', 'dave-0']],
      [{ owner: { $ne: 'alice' } }, ['bob-0', 'carol-0', 'dave-0']],
      [true, ['alice-0', 'bob-0', 'carol-0', 'dave-0']],
      [false, []],
    ])('of the filter %j reach %j', async (filter, ids) => {
      await AuthorizationContext.run(scopeWith('x', { threads: filter }), async () => {
        const reached: string[] = [];
        for (const owner of OWNERS) {
          const { affected } = await manager.update(Letter, { letter_id: `${owner}-0` }, { pages: 7 });
          const letter = await manager.findOneBy(Letter, { letter_id: `${owner}-0` });
          expect([letter?.pages, affected]).toEqual(letter ? [7, 1] : [undefined, 0]);
          if (letter) reached.push(letter.letter_id);
        }
        expect(reached).toEqual(ids);
      });
    });

    it('of two resources keep their values apart in one statement', async () => {
      await asSystem(() => manager.insert(Clerk, { clerk_id: 'c', metadata: { owner: 'erin' } }));
      const both = scopeWith('x', { threads: { owner: 'bob' }, assistants: { owner: 'erin' } });
      const pairs = await AuthorizationContext.run(both, () =>
        manager
          .createQueryBuilder(Letter, 'l')
          .innerJoin(Clerk, 'c', '1 = 1')
          .select('l.letter_id', 'id')
          .getRawMany(),
      );
      expect(pairs).toEqual([{ id: 'bob-0' }]);
    });

    it('of a text that was rendered in another scope are never that scope', async () => {
      const text = await as('alice', async () => manager.createQueryBuilder(Letter, 'l').getQuery());
      const run = () =>
        manager.createQueryBuilder().select('s.l_letter_id', 'id').from(`(${text})`, 's').getRawMany();
      await as('bob', async () => {
        await expect(run()).rejects.toMatchObject({ name: 'UnscopedSqlError' });
        await manager.findOneBy(Letter, { letter_id: 'bob-0' });
        await expect(run()).rejects.toMatchObject({ name: 'UnscopedSqlError' });
        await manager.createQueryBuilder(Letter, 'l').getCount();
        expect(await run()).toEqual([{ id: 'bob-0' }]);
      });
    });

    it('are asked for: without a decision there is no row', async () => {
      const undecided = scopeWith('bob', { assistants: true });
      const attempts: (() => Promise<unknown>)[] = [
        () => manager.findOneBy(Letter, { letter_id: 'bob-0' }),
        () => manager.insert(Letter, letterOf('bob', 'new') as never),
        () => manager.update(Letter, { letter_id: 'bob-0' }, { pages: 1 }),
        () => manager.delete(Letter, { letter_id: 'bob-0' }),
        () => new RowSearch(manager.getRepository(Letter)).page({ limit: 1, offset: 0 }),
        () => new RowSearch(manager.getRepository(Letter)).pageAsJson({ limit: 1, offset: 0 }, ['pages']),
        () => new RowSearch(manager.getRepository(Letter)).count(),
      ];
      for (const attempt of attempts) {
        await expect(attempt()).rejects.toMatchObject({ name: 'ScopeMissingError' });
        await expect(AuthorizationContext.run(undecided, attempt)).rejects.toMatchObject({
          name: 'ScopeMissingError',
        });
      }
    });

    it('of the system come after those of callers, and before', async () => {
      const find = () => manager.findOneBy(Letter, { letter_id: 'alice-0' });
      expect(await as('bob', find)).toBeNull();
      expect(await asSystem(find)).not.toBeNull();
      expect(await as('bob', find)).toBeNull();
    });
  });

  describe('in a transaction', () => {
    it('are seen before it is committed, and gone when it is rolled back', async () => {
      const attempt = as('bob', () =>
        manager.transaction(async (inside) => {
          await inside.insert(Letter, letterOf('bob', 'new') as never);
          expect(await inside.findOneBy(Letter, { letter_id: 'new' })).not.toBeNull();
          throw new Error('undone');
        }),
      );
      await expect(attempt).rejects.toThrow('undone');
      expect(await stored('new')).toBeNull();
    });
  });

  it('need not ask for a parent that was changed in the same scope before, and ask for one that was not', async () => {
    await as('bob', () =>
      manager.transaction(async (within) => {
        const parents = new ParentCheck();
        expect(await parents.change(within, Letter, { letter_id: 'alice-0' }, { pages: 9 })).toBe(false);
        const below = (letter_id: string) =>
          insertRows(within, Enclosure, [{ enclosure_id: letter_id, letter_id }], { parents });
        await expect(below('alice-0')).rejects.toThrow('is not visible');
        expect(await parents.change(within, Letter, { letter_id: 'bob-0' }, { pages: 9 })).toBe(true);
        const queries = jest.spyOn(within.queryRunner!, 'query');
        await below('bob-0');
        expect(queries).toHaveBeenCalledTimes(1);
      }),
    );
    const bySystem = new ParentCheck();
    const change = () => bySystem.change(manager, Letter, { letter_id: 'alice-0' }, { pages: 4 });
    expect(await asSystem(change)).toBe(true);
    expect(await stored('alice-0')).toMatchObject({ pages: 4 });
  });

  describe('and connections', () => {
    const write = (): Promise<unknown> =>
      as('bob', async () => {
        await manager.insert(Letter, letterOf('bob', 'new') as never);
        await manager.findOneBy(Letter, { letter_id: 'new' });
        await manager.update(Letter, { letter_id: 'new' }, { pages: 4 });
        await manager.delete(Letter, { letter_id: 'new' });
      });

    if (dialect === 'sqlite')
      it('share a runner outside of transactions', async () => {
        const runners = jest.spyOn(dataSource, 'createQueryRunner');
        await write();
        await write();
        expect(runners.mock.calls.length).toBeLessThanOrEqual(1);
      });

    if (dialect === 'postgres') {
      const lent = (): number => (dataSource.driver as PostgresDriver).connectedQueryRunners.length;

      it('are written on the primary, and read where the data source reads, where TypeORM has replicas', async () => {
        jest.spyOn(AutocommitRunner, 'of').mockReturnValue(undefined);
        jest.spyOn(dataSource, 'defaultReplicationModeForReads').mockReturnValue('slave');
        const runners = jest.spyOn(dataSource, 'createQueryRunner');
        await write();
        const rows = [{ enclosure_id: 'e', letter_id: 'bob-0' }];
        await as('bob', () => insertRows(manager, Enclosure, rows));
        const modes = runners.mock.calls.map(([mode]) => mode);
        expect(modes).toEqual(['master', 'slave', 'master', 'master', 'master']);
      });

      it('give them back, also of a statement that fails', async () => {
        await write();
        await expect(as('bob', () => manager.insert(Letter, letterOf('bob') as never))).rejects.toThrow();
        const rows = [{ enclosure_id: 'e', letter_id: 'nobody' }];
        await expect(as('bob', () => insertRows(manager, Enclosure, rows))).rejects.toThrow();
        expect(lent()).toBe(0);
      });
    }
  });

  describe("go TypeORM's way", () => {
    it('where more than equality is asked for', async () => {
      await as('bob', async () => {
        expect(await manager.findOneBy(Letter, { letter_id: In(['alice-0', 'bob-0']) })).toMatchObject({
          letter_id: 'bob-0',
        });
        expect(await manager.findOneBy(Letter, [{ letter_id: 'bob-0' }, { pages: 3 }])).not.toBeNull();
        expect(await manager.findOneBy(Letter, { sent_at: new Date(1_700_000_000_123) })).not.toBeNull();
        expect((await manager.update(Letter, { pages: Not(9) }, { pages: 5 })).affected).toBe(1);
        expect((await manager.delete(Letter, ['alice-0', 'bob-0'])).affected).toBe(1);
      });
    });

    it('where a condition has no value, and are refused', async () => {
      await as('bob', async () => {
        await expect(manager.findOneBy(Letter, { letter_id: undefined })).rejects.toThrow('undefined');
        await expect(manager.update(Letter, {}, { pages: 1 })).rejects.toThrow('Empty criteria');
        await expect(manager.delete(Letter, {})).rejects.toThrow('Empty criteria');
        await expect(manager.delete(Letter, undefined as never)).rejects.toThrow('Empty criteria');
      });
    });

    it('where nothing is asked for, or nothing is changed', async () => {
      await as('bob', async () => {
        expect(await manager.findOneBy(Letter, {})).toMatchObject({ letter_id: 'bob-0' });
        const key = { letter_id: 'bob-0' };
        for (const change of [{}, { pages: undefined }])
          await expect(manager.update(Letter, key, change)).rejects.toMatchObject({
            name: 'UpdateValuesMissingError',
          });
        await manager.insert(Letter, []);
      });
    });

    it('where a statement shall return what it has written', async () => {
      const options = { returning: ['pages'] };
      const update = as('bob', () => manager.update(Letter, { letter_id: 'bob-0' }, { pages: 4 }, options));
      if (dialect === 'postgres') expect((await update).raw).toEqual([{ pages: 4 }]);
      else await expect(update).rejects.toMatchObject({ name: 'ReturningStatementNotSupportedError' });
    });

    it('for names that are no columns, and are refused', async () => {
      await as('bob', async () => {
        await expect(manager.findOneBy(Letter, { nonsense: 'x' } as never)).rejects.toThrow('nonsense');
        await expect(
          manager.update(Letter, { letter_id: 'bob-0' }, { nonsense: 'x' } as never),
        ).rejects.toThrow('nonsense');
      });
    });

    it('for lists of rows', async () => {
      const rows = [letterOf('bob', 'one'), letterOf('bob', 'two')];
      await as('bob', () => manager.insert(Letter, rows as never));
      expect([await stored('one'), await stored('two')]).not.toContain(null);
    });

    it('where it does more for an entity', async () => {
      await as('bob', async () => {
        const metadata = { owner: 'bob' };
        await manager.insert(Draft, { draft_id: 'd', metadata });
        await manager.softDelete(Draft, { draft_id: 'd' });
        expect(await manager.findOneBy(Draft, { draft_id: 'd' })).toBeNull();
        await manager.insert(Telegram, { telegram_id: 't', metadata });
        expect(await manager.findOneBy(Telegram, { telegram_id: 't' })).toMatchObject({ wasRead: true });
      });
    });

    it('while somebody subscribes to what is loaded', async () => {
      const afterLoad = jest.fn<() => void>();
      dataSource.subscribers.push({ afterLoad });
      await as('bob', () => manager.findOneBy(Letter, { letter_id: 'bob-0' }));
      expect(afterLoad).toHaveBeenCalledTimes(1);
    });
  });

  describe('below a parent', () => {
    const of = (letter_id: string, enclosure_id: string): Partial<Enclosure> => ({ enclosure_id, letter_id });
    const kept = () => asSystem(() => manager.find(Enclosure, { order: { enclosure_id: 'ASC' } }));

    it('are inserted together, with NULL for what they leave out', async () => {
      const builders = jest.spyOn(dataSource, 'createQueryBuilder');
      const rows = [{ ...of('bob-0', 'a'), title: 'A map' }, of('bob-0', 'b')];
      await as('bob', () => insertRows(manager, Enclosure, rows));
      expect(builders).not.toHaveBeenCalled();
      expect(await kept()).toEqual([
        { enclosure_id: 'a', letter_id: 'bob-0', title: 'A map' },
        { enclosure_id: 'b', letter_id: 'bob-0', title: null },
      ]);
      expect(await as('bob', () => manager.findOneBy(Enclosure, { enclosure_id: 'a' }))).not.toBeNull();
      expect(await as('alice', () => manager.findOneBy(Enclosure, { enclosure_id: 'a' }))).toBeNull();
    });

    it('are refused where one of the parents is out of reach, or not there, and none is written', async () => {
      for (const letters of [
        ['bob-0', 'alice-0'],
        ['bob-0', 'nobody'],
        ['alice-0', 'bob-0'],
      ]) {
        const rows = letters.map((letter, place) => of(letter, `${place}`));
        await expect(as('bob', () => insertRows(manager, Enclosure, rows))).rejects.toMatchObject({
          name: 'ScopeViolationError',
        });
      }
      expect(await kept()).toEqual([]);
    });

    it('are inserted by the system below any of them', async () => {
      await asSystem(() => insertRows(manager, Enclosure, [of('alice-0', 'a'), of('bob-0', 'b')]));
      expect(await kept()).toHaveLength(2);
    });

    it('are inserted in the transaction of the caller', async () => {
      const attempt = as('bob', () =>
        manager.transaction(async (inside) => {
          await insertRows(inside, Enclosure, [of('bob-0', 'a')]);
          throw new Error('undone');
        }),
      );
      await expect(attempt).rejects.toThrow('undone');
      expect(await kept()).toEqual([]);
    });

    it('leave out what is taken, where that is wanted', async () => {
      await as('bob', () => insertRows(manager, Enclosure, [of('bob-0', 'a')]));
      const rows = [{ ...of('bob-0', 'a'), title: 'Another' }, of('bob-0', 'b')];
      await expect(as('bob', () => insertRows(manager, Enclosure, rows))).rejects.toThrow();
      await as('bob', () => insertRows(manager, Enclosure, rows, { ignoresTaken: true }));
      expect(await kept()).toMatchObject([{ enclosure_id: 'a', title: null }, { enclosure_id: 'b' }]);
    });

    it('ask for a parent once in a transaction, and again for another caller', async () => {
      const texts: string[] = [];
      jest.spyOn(dataSource.logger, 'logQuery').mockImplementation((sql) => void texts.push(sql));
      const looks = () => texts.filter((text) => text.includes('COUNT(1)')).length;
      const parents = new ParentCheck();
      await as('bob', async () => {
        await insertRows(manager, Enclosure, [of('bob-0', 'a')], { parents });
        await insertRows(manager, Enclosure, [of('bob-0', 'b')], { parents });
        expect(looks()).toBe(1);
      });
      await expect(
        as('alice', () => insertRows(manager, Enclosure, [of('bob-0', 'c')], { parents })),
      ).rejects.toMatchObject({ name: 'ScopeViolationError' });
      expect(looks()).toBe(2);
    });

    it('of SQL, and rows that somebody subscribes to, go by the query builder, with the same checks', async () => {
      const foreign = [{ ...of('alice-0', 'a'), title: (() => `'x'`) as never }];
      await expect(as('bob', () => insertRows(manager, Enclosure, foreign))).rejects.toMatchObject({
        name: 'ScopeViolationError',
      });
      const mixed = [{ ...of('bob-0', 'b'), title: (() => `'A ' || 'map'`) as never }, of('bob-0', 'c')];
      await as('bob', () => insertRows(manager, Enclosure, mixed));
      expect(await kept()).toMatchObject([{ title: 'A map' }, { title: null }]);
      const beforeInsert = jest.fn<() => void>();
      dataSource.subscribers.push({ beforeInsert });
      await as('bob', () => insertRows(manager, Enclosure, [of('bob-0', 'a')]));
      expect(beforeInsert).toHaveBeenCalledTimes(1);
    });
  });

  describe('of one insertion', () => {
    it('all have to be those of their writer', async () => {
      await as('bob', async () => {
        await insertRows(manager, Letter, [letterOf('bob', 'one'), letterOf('bob', 'two')]);
        const foreign = [letterOf('bob', 'three'), letterOf('alice', 'four')];
        await expect(insertRows(manager, Letter, foreign)).rejects.toMatchObject({
          name: 'ScopeViolationError',
        });
      });
      const found = await Promise.all(['one', 'two', 'three', 'four'].map(stored));
      expect(found.map((letter) => letter !== null)).toEqual([true, true, false, false]);
    });

    it('are not asked for again, whatever the database makes of them', async () => {
      const texts: string[] = [];
      jest.spyOn(dataSource.logger, 'logQuery').mockImplementation((sql) => void texts.push(sql));
      const draft = { draft_id: 'd', metadata: { owner: 'bob' } };
      await as('bob', () => insertRows(manager, Draft, [draft]));
      expect(texts).toEqual([expect.not.stringContaining('RETURNING')]);
    });
  });

  describe('in a search', () => {
    beforeEach(() =>
      asSystem(async () => {
        for (let place = 1; place <= 4; place += 1)
          await manager.insert(Letter, { ...letterOf('bob', `bob-${place}`), pages: place } as never);
      }),
    );
    const search = () => new RowSearch(manager.getRepository(Letter));
    const ids = (letters: readonly Letter[]) => letters.map(({ letter_id }) => letter_id);

    it('come by page, in order, and only those that are visible', async () => {
      await as('bob', async () => {
        const all = search().orderBy('pages', 'DESC').orderBy('letter_id', 'ASC');
        expect(ids(await all.page({ limit: 2, offset: 0 }))).toEqual(['bob-4', 'bob-0']);
        expect(ids(await all.page({ limit: 2, offset: 2 }))).toEqual(['bob-3', 'bob-2']);
        expect(ids(await all.page({ limit: 2, offset: 4 }))).toEqual(['bob-1']);
        expect(await all.count()).toBe(5);
      });
      expect(await as('carol', () => search().count())).toBe(1);
      expect(await as('erin', () => search().count())).toBe(0);
    });

    it('meet every condition, and none of them reaches past the scope', async () => {
      await as('bob', async () => {
        const few = search();
        few.and(`${few.column('pages')} > ${few.bind(1)}`).and(`${few.column('pages')} < ${few.bind(4)}`);
        expect(await few.count()).toBe(3);
        expect(await search().and('1 = 1 OR 1 = 1').count()).toBe(5);
        expect(await search().and('1 = 1) OR (1 = 1').count()).toBe(5);
        expect(await search().where({ letter_id: 'alice-0' }).count()).toBe(0);
        expect(ids(await search().isOneOf('letter_id', ['alice-0', 'bob-1']).all())).toEqual(['bob-1']);
        expect(await search().isOneOf('letter_id', []).all()).toEqual([]);
        expect(
          new Set(ids(await search().and('1 = 1) OR (1 = 1').page({ limit: 9, offset: 0 }))),
        ).not.toContain('alice-0');
      });
    });

    it('are of whole numbers that are not negative', async () => {
      for (const limit of [-1, 1.5, Number.NaN, '1; DROP TABLE letter' as never])
        await expect(as('bob', async () => search().page({ limit, offset: 0 }))).rejects.toThrow(
          `not a number of rows: ${limit}`,
        );
      await expect(as('bob', async () => search().page({ limit: 1, offset: -1 }))).rejects.toThrow(TypeError);
      expect(await as('bob', () => search().page({ limit: 0, offset: 0 }))).toEqual([]);
    });

    it('know the dialect that their conditions are written in', () => {
      expect(search().dialect).toBe(dialect);
    });

    it('have columns, and the search says so of what is none', () => {
      expect(() => search().column('nonsense' as never)).toThrow('Letter has no column nonsense');
      expect(() => new RowSearch(manager.getRepository(Draft))).toThrow('Draft is no plain entity');
    });
  });
});
