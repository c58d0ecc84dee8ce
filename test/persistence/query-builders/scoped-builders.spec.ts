import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { EntityManager } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { AuthorizationContext, runAsSystem } from '../../../src/on-auth/authorization.context.js';
import { withScope } from '../../../src/persistence/query-builders/scoped.sql.js';
import type { ScopedDataSource } from '../../../src/persistence/scoped-data-source.js';
import { Scoping } from '../../../src/persistence/scoping/scoping.js';
import { openDataSource, type TestDataSource } from '../../support/data-source.js';
import { databases } from '../../support/databases.js';
import { Run, Thread } from '../scoping-traps.entities.js';
import { scopeFor } from '../ways-to-reach-a-row.scopes.js';

const ALICE = { owner: 'alice' };
const BOB = { owner: 'bob' };
const asBob = <T>(work: () => T): T => AuthorizationContext.run(scopeFor('bob'), work);

describe.each(databases)('the scoped query builders on $dialect', ({ dialect, create }) => {
  let opened: TestDataSource;
  let dataSource: ScopedDataSource;
  let manager: EntityManager;

  beforeAll(async () => {
    opened = await openDataSource(create, { entities: [Thread, Run] });
    ({ dataSource } = opened);
    ({ manager } = dataSource);
  });
  beforeEach(() =>
    runAsSystem('seed', async () => {
      await manager.deleteAll(Thread);
      await manager.insert(Thread, [
        { thread_id: 'alice-0', metadata: ALICE },
        { thread_id: 'bob-0', metadata: BOB },
      ]);
    }),
  );
  afterAll(() => opened.close());

  const stored = (thread_id: string): Promise<Thread | null> =>
    runAsSystem('look', () => manager.findOneBy(Thread, { thread_id }));
  const upsertOf = (thread_id: string, status: string, within = manager) =>
    within
      .createQueryBuilder()
      .insert()
      .into(Thread)
      .values({ thread_id, metadata: BOB, status })
      .orUpdate(['status'], ['thread_id']);
  const lent = (): number => (dataSource.driver as PostgresDriver).connectedQueryRunners.length;

  it('are the same ones as long as they are of one kind', () => {
    const select = manager.createQueryBuilder(Thread, 't');
    expect(select.select('t.thread_id') === select).toBe(true);
    const update = select.update();
    expect(update.update({ status: 'x' }) === update).toBe(true);
  });

  it('refuse to put a scope before what is no WHERE clause', () => {
    const scope = asBob(() => Scoping.of(dataSource)?.on('thread'));
    expect(() => withScope(' ORDER BY 1', scope)).toThrow('not a WHERE clause:  ORDER BY 1');
  });

  it('insert again and again, with a check of the parents each time', async () => {
    const insert = manager.createQueryBuilder().insert().into(Run);
    for (const run_id of ['one', 'two'])
      await asBob(() => insert.values({ run_id, thread_id: 'bob-0' }).execute());
    const foreign = insert.values({ run_id: 'three', thread_id: 'alice-0' });
    await expect(asBob(() => foreign.execute())).rejects.toMatchObject({ name: 'ScopeViolationError' });
    expect(await asBob(() => manager.count(Run))).toBe(2);
  });

  describe('upsert', () => {
    it('as the system whatever there is', async () => {
      await runAsSystem('write', () => upsertOf('alice-0', 'busy').execute());
      expect(await stored('alice-0')).toMatchObject({ status: 'busy', metadata: ALICE });
    });

    it('in a transaction of their own, or in that of the caller', async () => {
      const texts: string[] = [];
      const log = jest.spyOn(dataSource.logger, 'logQuery').mockImplementation((sql) => void texts.push(sql));
      const transactions = () => texts.splice(0).filter((sql) => /TRANSACTION|SAVEPOINT|COMMIT/.test(sql));
      await asBob(() => upsertOf('bob-0', 'busy').execute());
      expect(transactions()).toHaveLength(2);
      await asBob(() => manager.transaction((inside) => upsertOf('bob-0', 'idle', inside).execute()));
      expect(transactions()).toHaveLength(2);
      log.mockRestore();
      expect(await stored('bob-0')).toMatchObject({ status: 'idle' });
    });

    it('nothing that is not visible, by a list of columns in the expression map either', async () => {
      const insert = upsertOf('alice-0', 'busy').setParameter('status', 'hacked');
      Object.assign(insert.expressionMap.onUpdate, { overwrite: undefined, columns: ['status'] });
      await expect(asBob(() => insert.execute())).rejects.toMatchObject({ name: 'ScopeViolationError' });
      expect(await stored('alice-0')).toMatchObject({ status: 'idle' });
    });

    it('only with columns that may conflict', async () => {
      const insert = upsertOf('bob-0', 'busy').orUpdate(['status'], 'a_constraint');
      await expect(asBob(() => insert.execute())).rejects.toThrow(
        'An upsert of Thread has to name the columns that may conflict',
      );
    });

    it('under an alias', async () => {
      const insert = () =>
        dataSource
          .createQueryBuilder(Thread, 'known')
          .insert()
          .values({ thread_id: 'bob-0', metadata: BOB, status: 'busy' })
          .orUpdate(['status'], ['thread_id']);
      await asBob(() => insert().execute());
      expect(await stored('bob-0')).toMatchObject({ status: 'busy' });
    });

    it('in one statement, in which the scope stands before the condition of the caller', () => {
      const condition = { overwriteCondition: { where: '2 = 2' } };
      const texts = asBob(() => [
        upsertOf('bob-0', 'busy').getQuery(),
        upsertOf('bob-0', 'busy').orUpdate(['status'], ['thread_id'], condition).getQuery(),
      ]);
      const scope = String.raw`DO UPDATE SET .* WHERE \("thread"\."metadata" -> 'owner'\) = [^()]*\(?:\w+[^()]*\)?`;
      expect(texts).toEqual([
        expect.stringMatching(new RegExp(`${scope}\\s*$`)),
        expect.stringMatching(new RegExp(`${scope} AND \\(2 = 2\\)\\s*$`)),
      ]);
    });

    it('under no predicate of an index that would end the statement', async () => {
      const indexPredicate = "1=1) DO UPDATE SET status = 'hacked' --";
      const insert = upsertOf('alice-0', 'busy').orUpdate(['status'], ['thread_id'], { indexPredicate });
      await expect(asBob(() => insert.execute())).rejects.toMatchObject({ name: 'UnscopedSqlError' });
      expect(await stored('alice-0')).toMatchObject({ status: 'idle' });
    });

    if (dialect === 'postgres') {
      it('as the system under the condition of the caller', async () => {
        const never = { overwriteCondition: { where: 'thread.status = :never', parameters: { never: 'x' } } };
        const insert = () => upsertOf('alice-0', 'busy').orUpdate(['status'], ['thread_id'], never);
        await runAsSystem('write', () => insert().execute());
        expect(await stored('alice-0')).toMatchObject({ status: 'idle' });
      });

      it('and give connections back, also when they are refused', async () => {
        await asBob(() => upsertOf('bob-0', 'busy').execute());
        await expect(asBob(() => upsertOf('alice-0', 'busy').execute())).rejects.toThrow();
        expect(lent()).toBe(0);
      });
    }
  });

  it('refuse rows that a SELECT has chosen', async () => {
    const insert = () =>
      manager
        .createQueryBuilder()
        .insert()
        .into(Thread, ['thread_id', 'metadata'])
        .valuesFromSelect((select) =>
          select.select("'new'", 'thread_id').addSelect('t.metadata', 'metadata').from(Thread, 't'),
        );
    await expect(asBob(() => insert().execute())).rejects.toThrow(
      'INSERT ... SELECT into Thread cannot be checked against the scope: insert values',
    );
    expect(await stored('new')).toBeNull();
  });
});
