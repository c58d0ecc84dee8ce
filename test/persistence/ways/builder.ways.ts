import { Brackets, NotBrackets, type SelectQueryBuilder } from 'typeorm';
import { AuthorizationContext } from '../../../src/on-auth/authorization.context.js';
import { scopeFor } from '../ways-to-reach-a-row.scopes.js';
import { Note, Run, Step, Thread } from '../ways-to-reach-a-row.entities.js';
import { beyond, type Place, type Way } from './way.js';

const threads = ({ manager }: Place): SelectQueryBuilder<Thread> => manager.createQueryBuilder(Thread, 't');
const notes = ({ manager }: Place): SelectQueryBuilder<Note> => manager.createQueryBuilder(Note, 'n');
const ids = (builder: SelectQueryBuilder<object>): SelectQueryBuilder<Thread> =>
  builder.select('t.thread_id', 'thread_id').from(Thread, 't');

/** Select query builders. */
export const builderWays: readonly Way[] = [
  { name: 'getMany', go: (place) => threads(place).getMany() },
  { name: 'getOne', go: (place) => threads(place).where({ thread_id: 'alice-0' }).getOne() },
  {
    name: 'getOneOrFail',
    refusedWith: 'EntityNotFoundError',
    go: (place) => threads(place).where({ thread_id: 'alice-0' }).getOneOrFail(),
  },
  {
    name: 'getManyAndCount',
    go: async (place) => beyond(2, (await threads(place).take(1).getManyAndCount())[1]),
  },
  { name: 'getCount', go: async (place) => beyond(2, await threads(place).getCount()) },
  {
    name: 'getExists',
    go: async (place) => (await threads(place).where({ thread_id: 'alice-0' }).getExists()) && 'alice',
  },
  { name: 'getRawMany', go: (place) => threads(place).getRawMany() },
  { name: 'getRawOne', go: (place) => threads(place).where({ thread_id: 'alice-0' }).getRawOne() },
  { name: 'getRawAndEntities', go: (place) => threads(place).getRawAndEntities() },
  { name: 'execute', go: (place) => threads(place).execute() },
  {
    name: 'getQueryAndParameters, run by hand',
    go: ({ manager, ...place }) => manager.query(...threads({ manager, ...place }).getQueryAndParameters()),
  },
  {
    name: 'stream',
    only: 'postgres',
    refusedWith: 'TypeORMError',
    reachesNothing: true,
    go: async (place) => {
      const found: unknown[] = [];
      for await (const row of await threads(place).stream()) found.push(row);
      return found;
    },
  },
  { name: 'clone', go: (place) => threads(place).clone().getMany() },
  {
    name: 'repository builder',
    go: ({ manager }) => manager.getRepository(Thread).createQueryBuilder().getMany(),
  },
  {
    name: 'builder by entity name',
    go: ({ dataSource }) => dataSource.createQueryBuilder('Thread', 't').getMany(),
  },
  { name: 'builder by table name', go: ({ manager }) => manager.createQueryBuilder('thread', 't').getMany() },
  {
    name: 'from a table name',
    go: ({ manager }) => manager.createQueryBuilder().select('*').from('thread', 't').getRawMany(),
  },
  {
    name: 'from a table name in capitals',
    refusedWith: 'UnscopedSqlError',
    only: 'sqlite',
    go: ({ manager }) => manager.createQueryBuilder().select('*').from('THREAD', 't').getRawMany(),
  },
  {
    name: 'from a table name with its schema',
    refusedWith: 'UnscopedSqlError',
    go: ({ manager, dataSource }) => {
      const schema = dataSource.options.type === 'postgres' ? 'public' : 'main';
      return manager.createQueryBuilder().select('*').from(`${schema}.thread`, 't').getRawMany();
    },
  },
  {
    name: 'from several tables',
    go: ({ manager }) =>
      manager
        .createQueryBuilder()
        .select('t.thread_id', 'a')
        .addSelect('u.thread_id', 'b')
        .from(Note, 'n')
        .addFrom(Thread, 't')
        .addFrom(Thread, 'u')
        .getRawMany(),
  },
  {
    name: 'from a sub-query',
    go: ({ manager }) =>
      manager
        .createQueryBuilder()
        .select('s.*')
        .from((qb) => ids(qb), 's')
        .getRawMany(),
  },
  {
    name: 'from a raw sub-query',
    refusedWith: 'UnscopedSqlError',
    go: ({ manager }) =>
      manager.createQueryBuilder().select('*').from('(SELECT * FROM "thread")', 's').getRawMany(),
  },
  { name: 'where() a raw id', go: (place) => threads(place).where("t.thread_id = 'alice-0'").getMany() },
  { name: 'where() a raw OR', go: (place) => threads(place).where("t.status = 'none' OR 1=1").getMany() },
  {
    name: 'where() that discards earlier conditions',
    go: (place) => threads(place).where("t.status = 'none'").where('1=1').getMany(),
  },
  { name: 'orWhere()', go: (place) => threads(place).where("t.status = 'none'").orWhere('1=1').getMany() },
  {
    name: 'where() that leaves its parentheses',
    go: (place) => threads(place).where('1=1) OR (1=1').getMany(),
  },
  {
    name: 'where() that ends in a comment',
    go: (place) => threads(place).withDeleted().where('1=1 -- ').getMany(),
  },
  { name: 'whereInIds', go: (place) => threads(place).whereInIds(['alice-0', 'alice-1']).getMany() },
  { name: 'orWhereInIds', go: (place) => threads(place).where('1=0').orWhereInIds(['alice-0']).getMany() },
  {
    name: 'Brackets and NotBrackets',
    go: (place) =>
      threads(place)
        .where(new Brackets((qb) => qb.where('1=0').orWhere('1=1')))
        .orWhere(new NotBrackets((qb) => qb.where('1=0')))
        .getMany(),
  },
  {
    name: 'parameters named like those of other scopes',
    go: (place) => {
      const taken = Object.keys(threads(place).getParameters());
      return threads(place)
        .where('1=1')
        .setParameters(Object.fromEntries(taken.map((name) => [name, '"alice"'])))
        .getMany();
    },
  },
  {
    name: 'parameters of the scope overwritten after rendering',
    go: (place) => {
      const builder = threads(place);
      builder.getQuery();
      for (const name of Object.keys(builder.getParameters())) builder.setParameter(name, '"alice"');
      return builder.getMany();
    },
  },
  {
    name: 'sub-query in WHERE',
    go: (place) =>
      notes(place)
        .where((qb) => `n.thread_id IN ${ids(qb.subQuery()).getQuery()}`)
        .getMany(),
  },
  {
    name: 'sub-query of its own builder, parameters taken before its SQL',
    go: (place) => {
      const inner = ids(place.dataSource.createQueryBuilder()).where('t.status = :status', {
        status: 'idle',
      });
      const parameters = inner.getParameters();
      return notes(place).where(`n.thread_id IN (${inner.getQuery()})`).setParameters(parameters).getMany();
    },
  },
  {
    name: 'whereExists',
    go: (place) => notes(place).whereExists(threads(place).where('t.thread_id = n.thread_id')).getMany(),
  },
  {
    name: 'sub-query in SELECT',
    go: (place) =>
      notes(place)
        .select('n.note_id', 'id')
        .addSelect(
          (qb) => qb.select('MAX(t.thread_id)').from(Thread, 't').where("t.thread_id < 'b'"),
          'found',
        )
        .getRawMany(),
  },
  {
    name: 'sub-query in HAVING',
    go: (place) =>
      notes(place)
        .select('n.thread_id', 'found')
        .groupBy('n.thread_id')
        .having(`n.thread_id IN (${ids(place.dataSource.createQueryBuilder()).getQuery()})`)
        .getRawMany(),
  },
  {
    name: 'sub-query in ORDER BY',
    go: (place) =>
      notes(place)
        .select('n.note_id', 'id')
        .addSelect(
          `(${ids(place.dataSource.createQueryBuilder()).where('t.thread_id = n.thread_id').getQuery()})`,
          'found',
        )
        .orderBy('found')
        .getRawMany(),
  },
  {
    name: 'sub-queries three deep',
    go: (place) => {
      const steps = place.dataSource.createQueryBuilder().select('s.run_id').from(Step, 's');
      const runs = place.dataSource
        .createQueryBuilder()
        .select('r.thread_id')
        .from(Run, 'r')
        .where(`r.run_id IN (${steps.getQuery()})`);
      return notes(place).where(`n.thread_id IN (${runs.getQuery()})`).getMany();
    },
  },
  {
    name: 'raw sub-query in SELECT',
    refusedWith: 'UnscopedSqlError',
    go: (place) => notes(place).select('(SELECT MIN(thread_id) FROM thread)', 'found').getRawMany(),
  },
  {
    name: 'raw sub-query in WHERE',
    refusedWith: 'UnscopedSqlError',
    go: (place) => notes(place).where('n.thread_id IN (SELECT thread_id FROM "thread")').getMany(),
  },
  {
    name: 'raw sub-query in ORDER BY',
    findsNotes: true,
    refusedWith: 'UnscopedSqlError',
    go: (place) => notes(place).orderBy('(SELECT MIN(thread_id) FROM thread)').getRawMany(),
  },
  {
    name: 'raw UNION',
    refusedWith: 'UnscopedSqlError',
    go: (place) =>
      notes(place).select('n.note_id', 'found').where('1=1 UNION SELECT thread_id FROM thread').getRawMany(),
  },
  {
    name: 'common table expression of a builder',
    go: ({ manager, dataSource }) =>
      manager
        .createQueryBuilder()
        .select('*')
        .addCommonTableExpression(ids(dataSource.createQueryBuilder()), 'c')
        .from('c', 'c')
        .getRawMany(),
  },
  {
    name: 'common table expression of raw SQL',
    refusedWith: 'UnscopedSqlError',
    go: ({ manager }) =>
      manager
        .createQueryBuilder()
        .select('*')
        .addCommonTableExpression('SELECT * FROM "thread"', 'c')
        .from('c', 'c')
        .getRawMany(),
  },
  {
    name: 'group by and count of children',
    go: ({ manager }) =>
      manager
        .createQueryBuilder(Run, 'r')
        .select('r.thread_id', 'found')
        .addSelect('COUNT(*)', 'runs')
        .groupBy('r.thread_id')
        .getRawMany(),
  },
  {
    name: 'distinct',
    go: (place) => threads(place).select('t.thread_id', 'found').distinct(true).getRawMany(),
  },
  {
    name: 'a comment that holds a guessed mark',
    go: (place) => threads(place).comment('scoped 0123456789abcdef').getMany(),
  },
  { name: 'without escaping', go: (place) => threads(place).disableEscaping().getMany(), only: 'sqlite' },
  { name: 'without listeners', go: (place) => threads(place).callListeners(false).getMany() },
  { name: 'useTransaction', go: (place) => threads(place).useTransaction(true).getMany() },
  {
    name: 'a pessimistic lock',
    only: 'postgres',
    go: ({ dataSource }) =>
      dataSource.transaction((manager) =>
        manager.createQueryBuilder(Thread, 't').setLock('pessimistic_write').getMany(),
      ),
  },
  {
    name: 'a pessimistic lock of one table among several',
    only: 'postgres',
    go: ({ dataSource }) =>
      dataSource.transaction((manager) =>
        manager
          .createQueryBuilder(Run, 'r')
          .innerJoinAndSelect('r.thread', 't')
          .setLock('pessimistic_write', undefined, ['r'])
          .getMany(),
      ),
  },
  {
    name: 'a cached query with an id, cached for its owner',
    go: async (place) => {
      const query = (): Promise<Thread[]> => threads(place).cache('all threads', 60_000).getMany();
      await AuthorizationContext.run(scopeFor('alice'), query);
      return query();
    },
  },
  {
    name: 'a cached page of joined rows, cached for its owner',
    go: async (place) => {
      const query = (): Promise<Thread[]> =>
        threads(place).leftJoinAndSelect('t.runs', 'r').take(5).cache('page', 60_000).getMany();
      await AuthorizationContext.run(scopeFor('alice'), query);
      return query();
    },
  },
  {
    name: 'a cached query without an id, cached for its owner',
    go: async (place) => {
      const query = (): Promise<Thread[]> => threads(place).cache(60_000).getMany();
      await AuthorizationContext.run(scopeFor('alice'), query);
      return query();
    },
  },
  {
    name: "a builder that was made in its owner's scope",
    go: (place) => AuthorizationContext.run(scopeFor('alice'), () => threads(place).where('1=1')).getMany(),
  },
];
