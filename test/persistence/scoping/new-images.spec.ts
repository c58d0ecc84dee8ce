import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Column, Entity, JoinTable, ManyToMany, PrimaryColumn, Unique, type EntityManager } from 'typeorm';
import { AuthorizationContext } from '../../../src/on-auth/authorization.context.js';
import { rowOf } from '../../../src/persistence/row.js';
import type { ScopedDataSource } from '../../../src/persistence/scoped-data-source.js';
import { Scoped } from '../../../src/persistence/scoped.decorator.js';
import { openDataSource, type TestDataSource } from '../../support/data-source.js';
import { databases } from '../../support/databases.js';
import { entities, Run, Thread } from '../ways-to-reach-a-row.entities.js';
import { scopeFor, scopeWith } from '../ways-to-reach-a-row.scopes.js';
import { seed } from '../ways-to-reach-a-row.seed.js';

const ALICE = { owner: 'alice' };
const BOB = { owner: 'bob' };

/** Found by something that it need not have. */
@Scoped('threads', { by: 'metadata' })
@Entity('ticket')
@Unique(['code', 'series'])
class Ticket {
  @PrimaryColumn('varchar') ticket_id!: string;
  @Column('jsonb') metadata!: Record<string, unknown>;
  @Column('varchar', { nullable: true }) code!: string | null;
  @Column('varchar', { nullable: true }) series!: string | null;
}

/** Linked to others of its kind: by its id on one side, by its name on the other. */
@Scoped('threads', { by: 'metadata' })
@Entity('page')
class Page {
  @PrimaryColumn('varchar') page_id!: string;
  @Column('varchar', { unique: true }) title!: string;
  @Column('jsonb') metadata!: Record<string, unknown>;
  @ManyToMany(() => Page)
  @JoinTable({
    name: 'page_link',
    joinColumn: { name: 'from_id', referencedColumnName: 'page_id' },
    inverseJoinColumn: { name: 'to_title', referencedColumnName: 'title' },
  })
  links!: Page[];
}

describe.each(databases)('what is written under a scope on $dialect', ({ create }) => {
  let opened: TestDataSource;
  let dataSource: ScopedDataSource;
  let manager: EntityManager;

  beforeAll(async () => {
    opened = await openDataSource(create, { entities: [...entities, Ticket, Page] });
    ({ dataSource } = opened);
    ({ manager } = dataSource);
  });
  beforeEach(() => seed(dataSource));
  afterAll(() => opened.close());

  const as = <T>(identity: string, work: () => T): T => AuthorizationContext.run(scopeFor(identity), work);
  const under = <T>(threads: unknown, work: () => T): T =>
    AuthorizationContext.run(scopeWith('bob', { threads }), work);
  const newRun = (values: object) => manager.insert(Run, { run_id: 'new', ...values });
  const newThread = (values: object) =>
    manager.insert(Thread, rowOf<Thread>({ thread_id: 'new', ...values }));
  const changeThread = (values: object) =>
    manager.update(Thread, { thread_id: 'bob-0' }, rowOf<Thread>(values));

  const refusals: readonly [string, () => Promise<unknown>, string][] = [
    [
      'a new row of somebody else',
      () => newThread({ metadata: ALICE }),
      'The new Thread does not match the filter of the handler',
    ],
    [
      'a row that is given away',
      () => changeThread({ metadata: ALICE }),
      'The changed Thread does not match the filter of the handler',
    ],
    ['a child without a parent', () => newRun({}), 'The new Run belongs to no Thread'],
    ['a child of nothing', () => newRun({ thread_id: null }), 'The new Run belongs to no Thread'],
    [
      "a child of somebody else's",
      () => newRun({ thread_id: 'alice-0' }),
      'The Thread that the new Run belongs to is not visible',
    ],
    [
      'a child that moves',
      () => manager.update(Run, { run_id: 'bob-run-0' }, { thread_id: 'bob-1' }),
      'A Run cannot be moved to another Thread',
    ],
    [
      'what exists and belongs to somebody else',
      () => manager.upsert(Thread, { thread_id: 'alice-0', metadata: BOB }, ['thread_id']),
      'An upsert met a Thread that is not visible',
    ],
  ];
  it.each(refusals)('is never %s, and the refusal says so', async (_, write, message) => {
    const refusal = { name: 'ScopeViolationError', message: `${message} (keys: owner)`, keys: ['owner'] };
    await expect(as('bob', write)).rejects.toMatchObject(refusal);
  });

  const unknown: readonly [string, () => Promise<unknown>][] = [
    ['Thread.metadata', () => changeThread({ metadata: () => `'{"owner":"bob"}'` })],
    ['Run.thread_id', () => newRun({ thread_id: () => `'bob-0'` })],
  ];
  it.each(unknown)('is never raw SQL for %s, whose value nobody knows', async (column, write) => {
    const message = `Raw SQL for ${column} cannot be checked against the scope: give a value`;
    await expect(as('bob', write)).rejects.toMatchObject({ name: 'UnscopedSqlError', message });
  });

  it.each([
    ['new', newThread],
    ['changed', changeThread],
  ])('is one expression for each column of a %s row', async (_, write) => {
    const status = () => `'x', "metadata" = '{"owner":"alice"}'`;
    await expect(as('bob', () => write({ metadata: BOB, status }) as Promise<unknown>)).rejects.toMatchObject(
      {
        name: 'UnscopedSqlError',
        message: expect.stringContaining('is more than one expression'),
      },
    );
  });

  it.each([[['bob']], ['bob'], [7]])(
    'has no keys as %j, neither for the check nor for who reads it',
    async (metadata) => {
      for (const filter of [{ 0: 'bob' }, { 0: 'b' }, { owner: { $exists: true } }])
        for (const write of [newThread, changeThread])
          await expect(under(filter, () => write({ metadata }))).rejects.toMatchObject({
            name: 'ScopeViolationError',
          });
      await under({ owner: { $ne: 'alice' } }, async () => {
        await newThread({ metadata });
        expect(await manager.existsBy(Thread, { thread_id: 'new' })).toBe(true);
      });
    },
  );

  it('has to be there, under a filter that nothing would match as well', async () => {
    const others = { owner: { $ne: 'alice' } };
    const missing = under(others, () => newThread({}));
    await expect(missing).rejects.toMatchObject({ name: 'ScopeViolationError' });
    for (const metadata of [null, { toJSON: () => undefined }])
      await expect(under(others, () => newThread({ metadata }))).rejects.toMatchObject({
        name: 'QueryFailedError',
      });
  });

  it('is nothing at all where the decision denies', async () => {
    const refusal = { name: 'ScopeViolationError', keys: [] };
    await expect(under(false, () => newThread({ metadata: BOB }))).rejects.toMatchObject(refusal);
    await expect(under(false, () => changeThread({ metadata: BOB }))).rejects.toMatchObject(refusal);
  });

  it('may leave the document and the parent as they are', async () => {
    await as('bob', async () => {
      expect((await changeThread({ status: 'busy' })).affected).toBe(1);
      expect((await manager.update(Run, { run_id: 'bob-run-0' }, { status: 'done' })).affected).toBe(1);
    });
  });

  it('is rendered only below parents that were looked for in the same scope', async () => {
    const insert = manager.createQueryBuilder().insert().into(Run);
    const message = 'The Thread that the new Run belongs to is not visible';
    expect(() => as('bob', () => insert.values({ run_id: 'a', thread_id: 'bob-0' }).getQuery())).toThrow(
      message,
    );
    await as('bob', () => insert.execute());
    expect(() => as('alice', () => insert.getQuery())).toThrow(message);
  });

  it('is a link to nothing of somebody else that is called like the id of an own row', async () => {
    const page = (page_id: string, title: string, metadata: object) =>
      manager.insert(Page, { page_id, title, metadata });
    await as('bob', () => page('one', 'mine', BOB));
    await as('alice', () => page('two', 'one', ALICE));
    const link = (to_title: string) =>
      manager.createQueryBuilder().insert().into('page_link').values({ from_id: 'one', to_title }).execute();
    await as('bob', () => link('mine'));
    await expect(as('bob', () => link('one'))).rejects.toMatchObject({ name: 'ScopeViolationError' });
  });

  it('is upserted by what it need not have', async () => {
    const ticket = (ticket_id: string, code: string | null | undefined, metadata = BOB, series?: string) =>
      manager.upsert(Ticket, { ticket_id, metadata, code, series }, ['code', 'series']);
    await as('bob', async () => {
      await ticket('one', null);
      await ticket('two', undefined);
      await ticket('three', 'x');
      await ticket('five', null, BOB, 'A');
      await ticket('four', 'x', BOB, 'A');
      expect(await manager.count(Ticket)).toBe(5);
    });
    await expect(as('alice', () => ticket('six', 'x', ALICE, 'A'))).rejects.toMatchObject({
      message: 'An upsert met a Ticket that is not visible (keys: owner)',
    });
  });
});
