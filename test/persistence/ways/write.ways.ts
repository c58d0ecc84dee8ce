import { DataSource, Not } from 'typeorm';
import { runAsSystem } from '../../../src/on-auth/authorization.context.js';
import { rowOf } from '../../../src/persistence/row.js';
import { Note, Run, Step, Tag, Thread } from '../ways-to-reach-a-row.entities.js';
import { ALICE, BOB, type Place, type Way } from './way.js';

const alices = { thread_id: 'alice-0' };
const hacked = { status: 'hacked' };
const stolen = ({ dataSource }: Place): Promise<Thread> =>
  runAsSystem('steal', () => dataSource.manager.findOneByOrFail(Thread, alices));

/** UPDATE, DELETE, soft delete. */
export const changeWays: readonly Way[] = [
  { name: 'update', go: ({ manager }) => manager.update(Thread, alices, hacked) },
  { name: 'update by id', go: ({ manager }) => manager.update(Thread, 'alice-0', hacked) },
  {
    name: 'update by several ids',
    go: ({ manager }) => manager.update(Thread, ['alice-0', 'alice-1'], hacked),
  },
  {
    name: 'update with OR',
    go: ({ manager }) => manager.update(Thread, [alices, { status: 'idle' }], hacked),
  },
  { name: 'update with Not', go: ({ manager }) => manager.update(Thread, { thread_id: Not('x') }, hacked) },
  { name: 'update of a child', go: ({ manager }) => manager.update(Run, { run_id: 'alice-run-0' }, hacked) },
  {
    name: 'update of a grandchild',
    go: ({ manager }) => manager.update(Step, { step_id: 'alice-step-0' }, hacked),
  },
  { name: 'update by the table name', go: ({ manager }) => manager.update('thread', alices, hacked) },
  {
    name: 'update with RETURNING',
    only: 'postgres',
    go: async ({ manager }) =>
      (await manager.update(Thread, alices, hacked, { returning: '*' })).raw as unknown,
  },
  { name: 'updateAll', go: ({ manager }) => manager.updateAll(Thread, hacked) },
  {
    name: 'update of a repository',
    go: ({ manager }) => manager.getRepository(Thread).update(alices, hacked),
  },
  { name: 'increment', go: ({ manager }) => manager.increment(Thread, alices, 'counter', 7) },
  { name: 'decrement', go: ({ manager }) => manager.decrement(Thread, alices, 'counter', 7) },
  {
    name: 'update after a plain DataSource was made elsewhere',
    go: ({ manager }) => {
      new DataSource({ type: 'postgres', url: 'postgres://127.0.0.1/none' });
      return manager.update(Thread, alices, hacked);
    },
  },
  {
    name: 'update builder without WHERE',
    go: ({ manager }) => manager.createQueryBuilder().update(Thread).set(hacked).execute(),
  },
  {
    name: 'update builder with orWhere',
    go: ({ manager }) =>
      manager
        .createQueryBuilder()
        .update(Thread)
        .set(hacked)
        .where("thread_id = 'x'")
        .orWhere('1=1')
        .execute(),
  },
  {
    name: 'update builder with the OR before its last condition',
    go: ({ manager }) =>
      manager
        .createQueryBuilder()
        .update(Thread)
        .set(hacked)
        .where("thread_id = 'alice-0'")
        .orWhere('1=0')
        .execute(),
  },
  {
    name: 'update builder that discards its conditions',
    go: ({ manager }) =>
      manager.createQueryBuilder().update(Thread).set(hacked).where('1 = 0').where('1 = 1').execute(),
  },
  {
    name: 'update builder whose condition leaves its parentheses',
    reachesNothing: true,
    refusedWith: 'UnscopedSqlError',
    go: ({ manager }) =>
      manager.createQueryBuilder().update(Thread).set(hacked).where('1=1) OR (1=1').execute(),
  },
  {
    name: 'update builder whose condition ends in a comment',
    refusedWith: 'UnscopedSqlError',
    go: ({ manager }) => manager.createQueryBuilder().update(Thread).set(hacked).where('1=1 --').execute(),
  },
  {
    name: 'update builder whose value ends the statement',
    refusedWith: 'UnscopedSqlError',
    go: ({ manager }) =>
      manager
        .createQueryBuilder()
        .update(Thread)
        .set({ status: () => "'hacked' WHERE 1=1 --" })
        .execute(),
  },
  {
    name: 'update builder of a select builder',
    go: ({ manager }) =>
      manager.createQueryBuilder(Thread, 't').update().set(hacked).where('1 = 1').execute(),
  },
  {
    name: 'update builder of a repository',
    go: ({ manager }) => manager.getRepository(Thread).createQueryBuilder().update().set(hacked).execute(),
  },
  {
    name: 'update builder with a sub-query',
    go: ({ manager, dataSource }) =>
      manager
        .createQueryBuilder()
        .update(Note)
        .set({
          text: () =>
            `(${dataSource.createQueryBuilder().select('MIN(t.thread_id)').from(Thread, 't').getQuery()})`,
        })
        .where({ note_id: 'note-1' })
        .execute()
        .then(() => manager.findOneBy(Note, { note_id: 'note-1' }))
        .then((note) => note?.text),
  },
  {
    name: 'update builder in a transaction of its own',
    go: ({ manager }) =>
      manager.createQueryBuilder().update(Thread).set(hacked).where(alices).useTransaction(true).execute(),
  },
  {
    name: 'update builder as a common table expression',
    only: 'postgres',
    go: ({ manager, dataSource }) =>
      manager
        .createQueryBuilder()
        .select('*')
        .addCommonTableExpression(
          dataSource.createQueryBuilder().update(Thread).set(hacked).where(alices).returning('thread_id'),
          'c',
        )
        .from('c', 'c')
        .getRawMany(),
  },
  { name: 'delete', go: ({ manager }) => manager.delete(Thread, alices) },
  { name: 'delete by id', go: ({ manager }) => manager.delete(Thread, 'alice-0') },
  { name: 'delete of a child', go: ({ manager }) => manager.delete(Run, { run_id: 'alice-run-0' }) },
  { name: 'delete of a grandchild', go: ({ manager }) => manager.delete(Step, { step_id: 'alice-step-0' }) },
  { name: 'deleteAll', go: ({ manager }) => manager.deleteAll(Run) },
  {
    name: 'delete builder without WHERE',
    go: ({ manager }) => manager.createQueryBuilder().delete().from(Run).execute(),
  },
  {
    name: 'delete builder from a table name',
    go: ({ manager }) =>
      manager.createQueryBuilder().delete().from('run').where("run_id = 'alice-run-0'").execute(),
  },
  {
    name: 'delete builder from a junction',
    go: ({ manager }) => manager.createQueryBuilder().delete().from('thread_tag').execute(),
  },
  {
    name: 'delete builder whose condition leaves its parentheses',
    reachesNothing: true,
    refusedWith: 'UnscopedSqlError',
    go: ({ manager }) => manager.createQueryBuilder().delete().from(Run).where('1=1) OR (1=1').execute(),
  },
  {
    name: 'delete builder with RETURNING',
    only: 'postgres',
    go: async ({ manager }) =>
      (await manager.createQueryBuilder().delete().from(Run).returning('*').execute()).raw as unknown,
  },
  { name: 'softDelete', go: ({ manager }) => manager.softDelete(Thread, alices) },
  { name: 'softDelete by id', go: ({ manager }) => manager.softDelete(Thread, 'alice-0') },
  {
    name: 'softDelete builder',
    go: ({ manager }) => manager.createQueryBuilder().softDelete().from(Thread).execute(),
  },
  { name: 'restore', go: ({ manager }) => manager.restore(Thread, { thread_id: 'alice-deleted' }) },
  {
    name: 'restore builder',
    go: ({ manager }) => manager.createQueryBuilder().restore().from(Thread).execute(),
  },
  {
    name: 'softRemove of a foreign entity',
    go: async (place) => place.manager.softRemove(await stolen(place)).then(() => undefined),
  },
  {
    name: 'recover of a foreign entity',
    go: async ({ manager, dataSource }) => {
      const where = { thread_id: 'alice-deleted' };
      const thread = await runAsSystem('steal', () =>
        dataSource.manager.findOne(Thread, { where, withDeleted: true }),
      );
      await manager.recover(thread ?? []);
    },
  },
  {
    name: 'remove of a foreign entity',
    go: async (place) => place.manager.remove(await stolen(place)).then(() => undefined),
  },
  {
    name: 'relation builder: set',
    refusedWith: 'ScopeViolationError',
    go: ({ manager }) => manager.createQueryBuilder().relation(Run, 'thread').of('alice-run-0').set('bob-0'),
  },
  {
    name: 'relation builder: add a foreign child',
    refusedWith: 'ScopeViolationError',
    go: ({ manager }) => manager.createQueryBuilder().relation(Thread, 'runs').of('bob-0').add('alice-run-0'),
  },
  {
    name: 'relation builder: remove from a foreign junction',
    go: ({ manager }) =>
      manager.createQueryBuilder().relation(Thread, 'tags').of('alice-0').remove('tag-bob'),
  },
];

/** INSERT, upsert, save: new rows, and new images of rows. */
export const insertWays: readonly Way[] = [
  {
    name: 'save of a foreign id',
    refusedWith: 'QueryFailedError',
    go: ({ manager }) => manager.save(Thread, { ...alices, metadata: BOB, status: 'hacked' }),
  },
  {
    name: 'save of a foreign entity',
    refusedWith: 'ScopeViolationError',
    go: async (place) => place.manager.save(Object.assign(await stolen(place), hacked)),
  },
  {
    name: 'save of a foreign entity with the metadata changed',
    refusedWith: 'QueryFailedError',
    go: async (place) => place.manager.save(Object.assign(await stolen(place), { ...hacked, metadata: BOB })),
  },
  {
    name: 'save of an own row that is merged with a foreign id',
    refusedWith: 'QueryFailedError',
    go: async ({ manager }) => {
      const thread = await manager.findOneByOrFail(Thread, { thread_id: 'bob-0' });
      return manager.save(manager.merge(Thread, thread, { ...alices, ...hacked }));
    },
  },
  {
    name: 'save of an own row with a foreign owner',
    refusedWith: 'ScopeViolationError',
    go: async ({ manager }) => {
      const thread = await manager.findOneByOrFail(Thread, { thread_id: 'bob-0' });
      return manager.save(Object.assign(thread, { metadata: ALICE }));
    },
  },
  {
    name: 'save that cascades to a foreign child',
    refusedWith: 'QueryFailedError',
    go: async ({ manager }) => {
      const thread = await manager.findOneOrFail(Thread, {
        where: { thread_id: 'bob-0' },
        relations: { runs: true },
      });
      thread.runs.push(manager.create(Run, { run_id: 'alice-run-0', status: 'hacked' }));
      return manager.save(thread);
    },
  },
  {
    name: 'save that links a foreign tag',
    refusedWith: 'ScopeViolationError',
    go: async ({ manager }) => {
      const thread = await manager.findOneOrFail(Thread, {
        where: { thread_id: 'bob-1' },
        relations: { tags: true },
      });
      thread.tags = [manager.create(Tag, { tag_id: 'tag-alice', metadata: BOB })];
      return manager.save(thread);
    },
  },
  {
    name: 'save of a new child of a foreign row',
    refusedWith: 'ScopeViolationError',
    go: ({ manager }) => manager.save(Run, { run_id: 'alice-run-new', thread_id: 'alice-0' }),
  },
  {
    name: 'save of a new child whose parent is given as an object',
    refusedWith: 'ScopeViolationError',
    go: ({ manager }) => manager.save(Run, { run_id: 'alice-run-new', thread: { thread_id: 'alice-0' } }),
  },
  {
    name: 'save that moves an own child to a foreign row',
    refusedWith: 'ScopeViolationError',
    go: ({ manager }) => manager.save(Run, { run_id: 'bob-run-0', thread: { thread_id: 'alice-0' } }),
  },
  {
    name: 'insert of a foreign row',
    refusedWith: 'ScopeViolationError',
    go: ({ manager }) => manager.insert(Thread, { thread_id: 'alice-new', metadata: ALICE }),
  },
  {
    name: 'insert of several rows, one of them foreign',
    refusedWith: 'ScopeViolationError',
    go: ({ manager }) =>
      manager.insert(Thread, [
        { thread_id: 'bob-new', metadata: BOB },
        { thread_id: 'alice-new', metadata: ALICE },
      ]),
  },
  {
    name: 'insert with raw SQL as metadata',
    refusedWith: 'UnscopedSqlError',
    go: ({ manager, dataSource }) => {
      const json =
        dataSource.options.type === 'postgres' ? `'{"owner":"alice"}'::jsonb` : `jsonb('{"owner":"alice"}')`;
      return manager.insert(Thread, { thread_id: 'alice-new', metadata: () => json });
    },
  },
  {
    name: 'insert of metadata that serializes as something else',
    refusedWith: 'ScopeViolationError',
    go: ({ manager }) =>
      manager.insert(
        Thread,
        rowOf<Thread>({ thread_id: 'alice-new', metadata: { ...BOB, toJSON: () => ALICE } }),
      ),
  },
  {
    name: 'insert of a child of a foreign row',
    refusedWith: 'ScopeViolationError',
    go: ({ manager }) => manager.insert(Run, { run_id: 'alice-run-new', thread_id: 'alice-0' }),
  },
  {
    name: 'insert of a grandchild of a foreign row',
    refusedWith: 'ScopeViolationError',
    go: ({ manager }) => manager.insert(Step, { step_id: 'alice-step-new', run_id: 'alice-run-0' }),
  },
  {
    name: 'insert of children, one of them of a foreign row',
    refusedWith: 'ScopeViolationError',
    go: ({ manager }) =>
      manager.insert(Run, [
        { run_id: 'bob-run-new', thread_id: 'bob-0' },
        { run_id: 'alice-run-new', thread_id: 'alice-0' },
      ]),
  },
  {
    name: 'insert builder that writes some columns only',
    refusedWith: 'ScopeViolationError',
    only: 'postgres',
    reachesNothing: true,
    go: ({ manager }) =>
      manager
        .createQueryBuilder()
        .insert()
        .into(Thread, ['thread_id', 'status'])
        .values({ thread_id: 'alice-new', metadata: BOB })
        .execute(),
  },
  {
    name: 'insert builder from a SELECT',
    refusedWith: 'UnscopedSqlError',
    go: ({ manager }) =>
      manager
        .createQueryBuilder()
        .insert()
        .into(Thread, ['thread_id', 'metadata'])
        .valuesFromSelect((qb) =>
          qb
            .select("'alice-new'", 'thread_id')
            .addSelect('(t.metadata)', 'metadata')
            .from(Thread, 't')
            .where({ thread_id: 'alice-0' }),
        )
        .execute(),
  },
  {
    name: 'insert builder whose SQL is run by hand',
    refusedWith: 'ScopeViolationError',
    go: ({ manager }) =>
      manager.query(
        ...manager
          .createQueryBuilder()
          .insert()
          .into(Run)
          .values({ run_id: 'alice-run-new', thread_id: 'alice-0' })
          .getQueryAndParameters(),
      ),
  },
  {
    name: 'insert builder whose value adds a row',
    refusedWith: 'UnscopedSqlError',
    go: ({ manager }) =>
      manager
        .createQueryBuilder()
        .insert()
        .into(Note)
        .values({ note_id: 'n', thread_id: 'x', text: () => '(SELECT MIN(thread_id) FROM thread)' })
        .execute()
        .then(() => manager.findOneByOrFail(Note, { note_id: 'n' })),
  },
  {
    name: 'insert into a foreign junction',
    refusedWith: 'ScopeViolationError',
    go: ({ manager }) =>
      manager
        .createQueryBuilder()
        .insert()
        .into('thread_tag')
        .values({ a_thread_id: 'alice-1', a_tag_id: 'tag-bob' })
        .execute(),
  },
  {
    name: 'relation builder: add to a foreign junction',
    refusedWith: 'ScopeViolationError',
    go: ({ manager }) => manager.createQueryBuilder().relation(Thread, 'tags').of('alice-1').add('tag-bob'),
  },
  {
    name: 'relation builder: add a foreign tag',
    refusedWith: 'ScopeViolationError',
    go: async ({ manager }) => {
      await manager.createQueryBuilder().relation(Thread, 'tags').of('bob-1').add('tag-alice');
      return 'linked to alice';
    },
  },
  {
    name: 'insert orIgnore over a foreign row',
    reachesNothing: true,
    go: ({ manager }) =>
      manager
        .createQueryBuilder()
        .insert()
        .into(Thread)
        .values({ ...alices, metadata: BOB, ...hacked })
        .orIgnore()
        .execute()
        .then(() => undefined),
  },
  {
    name: 'upsert over a foreign row',
    refusedWith: 'ScopeViolationError',
    go: ({ manager }) => manager.upsert(Thread, { ...alices, metadata: BOB, ...hacked }, ['thread_id']),
  },
  {
    name: 'upsert over a foreign row with skipUpdateIfNoValuesChanged',
    refusedWith: 'ScopeViolationError',
    go: ({ manager }) =>
      manager.upsert(
        Thread,
        { ...alices, metadata: BOB, ...hacked },
        { conflictPaths: ['thread_id'], skipUpdateIfNoValuesChanged: true },
      ),
  },
  {
    name: 'upsert of an own row and a foreign one',
    refusedWith: 'ScopeViolationError',
    go: ({ manager }) =>
      manager.upsert(
        Thread,
        [
          { thread_id: 'bob-0', metadata: BOB, ...hacked },
          { ...alices, metadata: BOB, ...hacked },
        ],
        ['thread_id'],
      ),
  },
  {
    name: 'upsert with a foreign owner',
    refusedWith: 'ScopeViolationError',
    go: ({ manager }) => manager.upsert(Thread, { thread_id: 'bob-0', metadata: ALICE }, ['thread_id']),
  },
  {
    name: 'upsert of a foreign child below an own row',
    refusedWith: 'ScopeViolationError',
    go: ({ manager }) =>
      manager.upsert(Run, { run_id: 'alice-run-0', thread_id: 'bob-0', ...hacked }, ['run_id']),
  },
  {
    name: 'orUpdate over a foreign row',
    refusedWith: 'ScopeViolationError',
    go: ({ manager }) =>
      manager
        .createQueryBuilder()
        .insert()
        .into(Thread)
        .values({ ...alices, metadata: BOB, ...hacked })
        .orUpdate(['status', 'metadata'], ['thread_id'])
        .execute(),
  },
  {
    name: 'orUpdate with a condition of its own',
    refusedWith: 'ScopeViolationError',
    go: ({ manager }) =>
      manager
        .createQueryBuilder()
        .insert()
        .into(Thread)
        .values({ ...alices, metadata: BOB, ...hacked })
        .orUpdate(['status'], ['thread_id'], { overwriteCondition: { where: '1=0 OR 1=1' } })
        .execute(),
  },
  {
    name: 'orUpdate whose index predicate ends the statement',
    only: 'postgres',
    refusedWith: 'UnscopedSqlError',
    go: ({ manager }) =>
      manager
        .createQueryBuilder()
        .insert()
        .into(Thread)
        .values({ ...alices, metadata: BOB, ...hacked })
        .orUpdate(['status'], ['thread_id'], { indexPredicate: "1=1) DO UPDATE SET status = 'hacked' --" })
        .execute(),
  },
  {
    name: 'orUpdate by the name of a constraint',
    only: 'postgres',
    refusedWith: 'UnscopedSqlError',
    go: async ({ manager, dataSource }) => {
      const name =
        dataSource.getMetadata(Thread).primaryColumns[0]?.primaryKeyConstraintName ??
        dataSource.namingStrategy.primaryKeyName('thread', ['thread_id']);
      return manager
        .createQueryBuilder()
        .insert()
        .into(Thread)
        .values({ ...alices, metadata: BOB, ...hacked })
        .orUpdate(['status'], name)
        .execute();
    },
  },
  {
    name: 'update that gives a row away',
    refusedWith: 'ScopeViolationError',
    go: ({ manager }) => manager.update(Thread, { thread_id: 'bob-0' }, { metadata: ALICE }),
  },
  {
    name: 'update that gives a row away by raw SQL',
    refusedWith: 'UnscopedSqlError',
    go: ({ manager }) =>
      manager.update(
        Thread,
        { thread_id: 'bob-0' },
        { metadata: () => `(SELECT metadata FROM tag WHERE tag_id = 'tag-alice')` },
      ),
  },
  {
    name: 'update that gives a row away by a second assignment',
    refusedWith: 'UnscopedSqlError',
    go: ({ manager }) =>
      manager.update(
        Thread,
        { thread_id: 'bob-0' },
        { status: () => `'idle', "metadata" = '{"owner":"alice"}'` },
      ),
  },
  {
    name: 'update that moves an own child to a foreign row',
    refusedWith: 'ScopeViolationError',
    go: ({ manager }) => manager.update(Run, { run_id: 'bob-run-0' }, { thread_id: 'alice-0' }),
  },
  {
    name: 'update that moves an own grandchild to a foreign child',
    refusedWith: 'ScopeViolationError',
    go: ({ manager }) => manager.update(Step, { step_id: 'bob-step-0' }, { run_id: 'alice-run-0' }),
  },
];
