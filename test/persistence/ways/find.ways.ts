import { Equal, ILike, In, Like, Not, Raw } from 'typeorm';
import { Note, Run, Step, Tag, Thread, ThreadOverview } from '../ways-to-reach-a-row.entities.js';
import { beyond, type Way } from './way.js';

const alices = { thread_id: 'alice-0' };

/** Find methods of managers and repositories. */
export const findWays: readonly Way[] = [
  { name: 'find', go: ({ manager }) => manager.find(Thread) },
  { name: 'find by id', go: ({ manager }) => manager.find(Thread, { where: alices }) },
  {
    name: 'find with OR',
    go: ({ manager }) => manager.find(Thread, { where: [alices, { status: 'idle' }] }),
  },
  { name: 'find with select', go: ({ manager }) => manager.find(Thread, { select: { thread_id: true } }) },
  { name: 'find with take and skip', go: ({ manager }) => manager.find(Thread, { take: 10, skip: 0 }) },
  { name: 'find withDeleted', go: ({ manager }) => manager.find(Thread, { withDeleted: true }) },
  {
    name: 'find with a comment',
    go: ({ manager }) => manager.find(Thread, { comment: 'threads of everybody' }),
  },
  { name: 'find inside useTransaction', go: ({ manager }) => manager.find(Thread, { transaction: true }) },
  { name: 'findBy In', go: ({ manager }) => manager.findBy(Thread, { thread_id: In(['alice-0', 'bob-0']) }) },
  { name: 'findBy Like', go: ({ manager }) => manager.findBy(Thread, { thread_id: Like('alice%') }) },
  { name: 'findBy ILike', go: ({ manager }) => manager.findBy(Thread, { thread_id: ILike('ALICE%') }) },
  { name: 'findBy Not', go: ({ manager }) => manager.findBy(Thread, { thread_id: Not('nothing') }) },
  {
    name: 'findBy Raw that closes its parenthesis',
    go: ({ manager }) => manager.findBy(Thread, { thread_id: Raw((column) => `${column} = 'x') OR (1=1`) }),
  },
  {
    name: 'findBy In of nothing',
    reachesNothing: true,
    go: ({ manager }) => manager.findBy(Thread, { thread_id: In([]) }),
  },
  { name: 'findOne', go: ({ manager }) => manager.findOne(Thread, { where: alices }) },
  {
    name: 'findOne by Equal',
    go: ({ manager }) => manager.findOne(Thread, { where: { thread_id: Equal('alice-0') } }),
  },
  { name: 'findOneBy', go: ({ manager }) => manager.findOneBy(Thread, alices) },
  {
    name: 'findOneBy an undefined id',
    reachesNothing: true,
    refusedWith: 'TypeORMError',
    go: ({ manager }) => manager.findOneBy(Thread, { thread_id: undefined }),
  },
  {
    name: 'findOne where id is undefined',
    reachesNothing: true,
    refusedWith: 'TypeORMError',
    go: ({ manager }) => manager.findOne(Thread, { where: { thread_id: undefined } }),
  },
  {
    name: 'findOne without any condition',
    reachesNothing: true,
    refusedWith: 'Error',
    go: ({ manager }) => manager.findOne(Thread, {}),
  },
  {
    name: 'findOneOrFail',
    refusedWith: 'EntityNotFoundError',
    go: ({ manager }) => manager.findOneOrFail(Thread, { where: alices }),
  },
  {
    name: 'findOneByOrFail',
    refusedWith: 'EntityNotFoundError',
    go: ({ manager }) => manager.findOneByOrFail(Thread, alices),
  },
  {
    name: 'findAndCount',
    go: async ({ manager }) => {
      const [threads, count] = await manager.findAndCount(Thread, { take: 1 });
      return [threads, beyond(2, count)];
    },
  },
  { name: 'findAndCountBy', go: async ({ manager }) => (await manager.findAndCountBy(Thread, alices))[0] },
  { name: 'count', go: async ({ manager }) => beyond(2, await manager.count(Thread)) },
  { name: 'countBy', go: async ({ manager }) => beyond(0, await manager.countBy(Thread, alices)) },
  { name: 'exists', go: async ({ manager }) => (await manager.exists(Thread, { where: alices })) && 'alice' },
  { name: 'existsBy', go: async ({ manager }) => (await manager.existsBy(Thread, alices)) && 'alice' },
  { name: 'sum', go: async ({ manager }) => beyond(2, await manager.sum(Thread, 'counter')) },
  { name: 'average', go: async ({ manager }) => beyond(0, await manager.average(Thread, 'counter', alices)) },
  { name: 'minimum', go: async ({ manager }) => beyond(0, await manager.minimum(Thread, 'counter', alices)) },
  { name: 'maximum', go: async ({ manager }) => beyond(0, await manager.maximum(Thread, 'counter', alices)) },
  { name: 'repository of the manager', go: ({ manager }) => manager.getRepository(Thread).find() },
  { name: 'repository of the data source', go: ({ dataSource }) => dataSource.getRepository(Thread).find() },
  { name: 'repository by name', go: ({ manager }) => manager.getRepository('Thread').find() },
  { name: 'repository by table name', go: ({ manager }) => manager.getRepository('thread').find() },
  {
    name: 'repository that is extended',
    go: ({ manager }) =>
      manager
        .getRepository(Thread)
        .extend({
          idle() {
            return this.find({ where: { status: 'idle' } });
          },
        })
        .idle(),
  },
  {
    name: 'withRepository in a transaction',
    go: ({ manager, dataSource }) =>
      dataSource.transaction((inner) => inner.withRepository(manager.getRepository(Thread)).find()),
  },
  {
    name: 'static methods of an active record',
    go: ({ dataSource }) => {
      Thread.useDataSource(dataSource);
      return Thread.find();
    },
  },
  {
    name: 'reload of a foreign active record',
    refusedWith: 'EntityNotFoundError',
    go: async ({ dataSource }) => {
      Thread.useDataSource(dataSource);
      const thread = Thread.create<Thread>(alices);
      await thread.reload();
      return thread;
    },
  },
  { name: 'preload', go: ({ manager }) => manager.preload(Thread, { ...alices, status: 'hacked' }) },
  { name: 'a child', go: ({ manager }) => manager.find(Run, { loadEagerRelations: false }) },
  { name: 'a child by id', go: ({ manager }) => manager.findOneBy(Run, { run_id: 'alice-run-0' }) },
  { name: 'a grandchild', go: ({ manager }) => manager.find(Step) },
  { name: 'a grandchild by id', go: ({ manager }) => manager.findOneBy(Step, { step_id: 'alice-step-0' }) },
  { name: 'a second resource', go: ({ manager }) => manager.find(Tag) },
  { name: 'a view', go: ({ manager }) => manager.find(ThreadOverview) },
  {
    name: 'where on a relation of an unscoped entity',
    go: async ({ manager }) => (await manager.countBy(Note, { thread: alices })) > 0 && 'alice',
  },
  {
    name: 'where on nested relations',
    go: ({ manager }) => manager.find(Step, { where: { run: { thread: alices } } }),
  },
  {
    name: 'order by a relation',
    go: ({ manager }) =>
      manager
        .find(Note, { relations: { thread: true }, order: { thread: { thread_id: 'ASC' } } })
        .then((notes) => notes.map((note) => note.thread)),
  },
  {
    name: 'transaction of the data source',
    go: ({ dataSource }) => dataSource.transaction((inner) => inner.find(Thread)),
  },
  {
    name: 'manager of a query runner',
    go: async ({ dataSource }) => {
      const runner = dataSource.createQueryRunner();
      try {
        return await runner.manager.find(Thread);
      } finally {
        await runner.release();
      }
    },
  },
  {
    name: 'query runner of the driver',
    go: async ({ dataSource }) => {
      const runner = dataSource.driver.createQueryRunner('master');
      try {
        return await dataSource.createEntityManager(runner).find(Thread);
      } finally {
        await runner.release();
      }
    },
  },
];
