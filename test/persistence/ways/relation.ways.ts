import { runAsSystem } from '../../../src/on-auth/authorization.context.js';
import { Note, Run, Step, Tag, Thread } from '../ways-to-reach-a-row.entities.js';
import type { Place, Way } from './way.js';

/** A foreign row in the hands of the caller, by whatever carelessness. */
function stolen<T extends object>(entity: new () => T, where: object) {
  return ({ dataSource }: Place): Promise<T> =>
    runAsSystem('steal', () => dataSource.manager.findOneByOrFail(entity, where));
}
const stolenThread = stolen(Thread, { thread_id: 'alice-0' });
const stolenRun = stolen(Run, { run_id: 'alice-run-0' });

/** Relations: joined, eager, lazy, in queries of their own, through the relation builder. */
export const relationWays: readonly Way[] = [
  {
    name: 'relations by join',
    go: ({ manager }) => manager.find(Thread, { relations: { tags: true, runs: true } }),
  },
  {
    name: 'relations nested three deep',
    go: ({ manager }) => manager.find(Thread, { relations: { runs: { steps: true } } }),
  },
  {
    name: 'relations in queries of their own',
    go: ({ manager }) =>
      manager.find(Thread, {
        relations: { tags: true, runs: { steps: true } },
        relationLoadStrategy: 'query',
      }),
  },
  {
    name: 'relations with a where on them',
    go: ({ manager }) =>
      manager.find(Thread, { relations: { runs: true }, where: { runs: { status: 'pending' } } }),
  },
  {
    name: 'relations with take and skip',
    go: ({ manager }) =>
      manager.find(Thread, {
        relations: { runs: true, tags: true },
        take: 10,
        order: { created_at: 'DESC' },
      }),
  },
  {
    name: 'loadRelationIds',
    go: async ({ manager }) => {
      const threads = await manager.find(Thread, { loadRelationIds: { relations: ['tags', 'runs'] } });
      return threads.map(({ tags, runs }) => [tags, runs]);
    },
  },
  {
    name: 'loadAllRelationIds of a builder',
    go: ({ manager }) => manager.createQueryBuilder(Thread, 't').loadAllRelationIds().getMany(),
  },
  {
    name: 'loadRelationIdAndMap',
    go: ({ manager }) =>
      manager.createQueryBuilder(Tag, 'g').loadRelationIdAndMap('g.threads', 'g.threads').getMany(),
  },
  { name: 'eager relation', go: ({ manager }) => manager.findBy(Run, { run_id: 'alice-run-0' }) },
  {
    name: 'eager relation in a query of its own',
    go: ({ manager }) => manager.find(Run, { relationLoadStrategy: 'query' }),
  },
  {
    name: 'a foreign tag of an own thread',
    go: ({ manager }) =>
      manager.findOne(Thread, { where: { thread_id: 'bob-0' }, relations: { tags: true } }),
  },
  {
    name: 'lazy relation of a foreign row',
    go: async (place) => (await stolenThread(place)).lazy_runs,
  },
  {
    name: 'lazy parent of a foreign row',
    go: async (place) => (await stolenRun(place)).lazy_thread,
  },
  {
    name: 'join from an unscoped entity',
    go: async ({ manager }) =>
      (await manager.find(Note, { relations: { thread: true } })).map((note) => note.thread),
  },
  {
    name: 'innerJoinAndSelect from an unscoped entity',
    go: async ({ manager }) =>
      (await manager.createQueryBuilder(Note, 'n').innerJoinAndSelect('n.thread', 't').getMany()).map(
        (note) => note.thread,
      ),
  },
  {
    name: 'innerJoinAndMapOne of an entity without a relation',
    go: async ({ manager }) =>
      (
        await manager
          .createQueryBuilder(Note, 'n')
          .innerJoinAndMapOne('n.thread', Thread, 't', 't.thread_id = n.thread_id')
          .getMany()
      ).map((note) => note.thread),
  },
  {
    name: 'leftJoinAndMapMany of an entity without a relation',
    go: ({ manager }) =>
      manager.createQueryBuilder(Tag, 'g').leftJoinAndMapMany('g.threads', Thread, 't', '1 = 1').getMany(),
  },
  {
    name: 'join with an OR in its condition',
    go: ({ manager }) =>
      manager
        .createQueryBuilder(Thread, 't')
        .leftJoinAndSelect('t.runs', 'r', 'r.status = :s OR 1=1', { s: 'x' })
        .getMany(),
  },
  {
    name: 'join by table name',
    go: ({ manager }) =>
      manager
        .createQueryBuilder(Note, 'n')
        .select('t.thread_id', 'found')
        .innerJoin('thread', 't', 't.thread_id = n.thread_id')
        .getRawMany(),
  },
  {
    name: 'join by entity name',
    go: ({ manager }) =>
      manager
        .createQueryBuilder(Note, 'n')
        .select('t.thread_id', 'found')
        .innerJoin('Thread', 't', 't.thread_id = n.thread_id')
        .getRawMany(),
  },
  {
    name: 'join of the junction table by name',
    go: ({ manager }) =>
      manager
        .createQueryBuilder(Note, 'n')
        .select('j.a_tag_id', 'found')
        .innerJoin('thread_tag', 'j', 'j.a_thread_id = n.thread_id')
        .getRawMany(),
  },
  {
    name: 'join of a sub-query',
    go: ({ manager }) =>
      manager
        .createQueryBuilder(Note, 'n')
        .select('s.thread_id', 'found')
        .innerJoin(
          (qb) => qb.select('t.thread_id', 'thread_id').from(Thread, 't'),
          's',
          's.thread_id = n.thread_id',
        )
        .getRawMany(),
  },
  {
    name: 'join of a raw sub-query',
    refusedWith: 'UnscopedSqlError',
    go: ({ manager }) =>
      manager
        .createQueryBuilder(Note, 'n')
        .select('s.thread_id', 'found')
        .innerJoin('(SELECT thread_id FROM thread)', 's', 's.thread_id = n.thread_id')
        .getRawMany(),
  },
  {
    name: 'join of children to grandchildren',
    go: ({ manager }) => manager.createQueryBuilder(Run, 'r').innerJoinAndSelect('r.steps', 's').getMany(),
  },
  {
    name: 'parents of grandchildren',
    go: ({ manager }) => manager.find(Step, { relations: { run: { thread: true } } }),
  },
  {
    name: 'relation builder: loadMany',
    go: ({ manager }) => manager.createQueryBuilder().relation(Thread, 'runs').of('alice-0').loadMany(),
  },
  {
    name: 'relation builder: loadMany over a junction',
    go: ({ manager }) => manager.createQueryBuilder().relation(Thread, 'tags').of('bob-0').loadMany(),
  },
  {
    name: 'relation builder: loadOne',
    go: ({ manager }) => manager.createQueryBuilder().relation(Run, 'thread').of('alice-run-0').loadOne(),
  },
];
