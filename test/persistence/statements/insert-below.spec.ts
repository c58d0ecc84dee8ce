import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type EntityManager } from 'typeorm';
import { AuthorizationContext, runAsSystem } from '../../../src/on-auth/authorization.context.js';
import { epochMillis } from '../../../src/persistence/epoch-millis.transformer.js';
import { ScopeViolationError } from '../../../src/persistence/scope-violation.error.js';
import { Scoped } from '../../../src/persistence/scoped.decorator.js';
import { insertBelow } from '../../../src/persistence/statements/row.insertion.js';
import { openDataSource, type TestDataSource } from '../../support/data-source.js';
import { databases } from '../../support/databases.js';
import { scopeFor } from '../ways-to-reach-a-row.scopes.js';
import { Draft, Enclosure, Letter, entities } from './plain-rows.entities.js';

/** A child with a column of every type. */
@Scoped('threads', { through: 'letter' })
@Entity('copy')
class Copy {
  @PrimaryColumn('varchar') copy_id!: string;
  @Column('varchar') letter_id!: string;
  @Column('jsonb') notes!: unknown;
  @Column('integer') pages!: number;
  @Column('double precision', { nullable: true }) weight!: number | null;
  @Column('boolean') certified!: boolean;
  @Column('bigint', { transformer: epochMillis }) made_at!: Date;
  @Column('bigint', { transformer: epochMillis, nullable: true }) sent_at!: Date | null;
  @Column('text', { nullable: true }) text!: string | null;
  @ManyToOne(() => Letter, { onDelete: 'CASCADE' }) @JoinColumn({ name: 'letter_id' }) letter!: Letter;
}

/** Names a letter, but has metadata of its own to be seen by. */
@Scoped('threads', { by: 'metadata' })
@Entity('receipt')
class Receipt {
  @PrimaryColumn('varchar') receipt_id!: string;
  @Column('varchar') letter_id!: string;
  @Column('jsonb') metadata!: Record<string, unknown>;
  @ManyToOne(() => Letter) @JoinColumn({ name: 'letter_id' }) letter!: Letter;
}

describe.each(databases)('a row that is inserted below its parent, on $dialect', ({ create }) => {
  let opened: TestDataSource;
  let manager: EntityManager;

  beforeAll(async () => {
    opened = await openDataSource(create, { entities: [...entities, Copy, Receipt] });
    ({ manager } = opened.dataSource);
  });
  beforeEach(() =>
    runAsSystem('seed', async () => {
      for (const entity of [Copy, Enclosure, Letter]) await manager.deleteAll(entity);
      for (const owner of ['alice', 'bob']) {
        const columns = { pages: 3, sealed: true, sent_at: new Date(7) };
        await manager.insert(Letter, { letter_id: owner, metadata: { owner }, ...columns });
      }
    }),
  );
  afterAll(() => opened.close());

  const as = <T>(owner: string, work: () => Promise<T>): Promise<T> =>
    AuthorizationContext.run(scopeFor(owner), work);
  const titles = (): Promise<(string | null)[]> =>
    runAsSystem('look', async () => (await manager.find(Enclosure)).map(({ title }) => title));
  const enclosed = (letter_id: string, asRead: Partial<Letter> = {}): Promise<boolean> =>
    insertBelow(
      manager,
      Enclosure,
      { enclosure_id: 'new', letter_id, title: 'a map' },
      { parent: Letter, asRead },
    );

  it('is there, with all of its values', async () => {
    const copy = {
      copy_id: 'c',
      letter_id: 'alice',
      notes: { list: [1, null, 'it\'s "quoted" ☃'], own_0: ':own_0' },
      pages: 3,
      weight: 0.25,
      certified: true,
      made_at: new Date(1_700_000_000_123),
      sent_at: null,
      text: null,
    };
    expect(await as('alice', () => insertBelow(manager, Copy, copy, { parent: Letter, asRead: {} }))).toBe(
      true,
    );
    expect(await as('alice', () => manager.findOneBy(Copy, { copy_id: 'c' }))).toEqual(
      Object.assign(new Copy(), copy),
    );
  });

  it('gets NULL where it has no value', async () => {
    const row = { enclosure_id: 'new', letter_id: 'alice' };
    await as('alice', () => insertBelow(manager, Enclosure, row, { parent: Letter, asRead: {} }));
    expect(await titles()).toEqual([null]);
  });

  it('is there where the parent is as it was read, and not where it has changed', async () => {
    expect(await as('alice', () => enclosed('alice', { pages: 4, sealed: true }))).toBe(false);
    expect(await titles()).toEqual([]);
    expect(await as('alice', () => enclosed('alice', { pages: 3, sealed: true }))).toBe(true);
    expect(await titles()).toEqual(['a map']);
  });

  it('is not there below a parent that is out of reach, or does not exist: the answers are the same', async () => {
    expect(await as('alice', () => enclosed('bob'))).toBe(false);
    expect(await as('alice', () => enclosed('nobody'))).toBe(false);
    expect(await titles()).toEqual([]);
  });

  it('is bound to the scope of each caller', async () => {
    for (const owner of ['alice', 'bob', 'alice'])
      expect(await as(owner, () => enclosed('bob').catch(() => 'taken'))).toBe(owner === 'bob');
  });

  it('asks nobody where the system is at work', async () => {
    expect(await runAsSystem('enclose', () => enclosed('bob', { pages: 3 }))).toBe(true);
  });

  it('is refused where nobody was authorized', async () => {
    await expect(enclosed('alice')).rejects.toThrow('outside any authorization');
  });

  it('is refused where the parent would not be visible any more', async () => {
    const becoming = (owner: string): Promise<boolean> =>
      insertBelow(
        manager,
        Enclosure,
        { enclosure_id: 'new', letter_id: 'alice' },
        { parent: Letter, asRead: {}, becomes: { metadata: { owner } } },
      );
    await expect(as('alice', () => becoming('bob'))).rejects.toThrow(ScopeViolationError);
    expect(await titles()).toEqual([]);
    expect(await as('alice', () => becoming('alice'))).toBe(true);
  });

  it('goes with the transaction that it is in', async () => {
    const left = as('alice', () =>
      manager.transaction(async (within) => {
        const row = { enclosure_id: 'new', letter_id: 'alice' };
        expect(await insertBelow(within, Enclosure, row, { parent: Letter, asRead: {} })).toBe(true);
        throw new Error('never mind');
      }),
    );
    await expect(left).rejects.toThrow('never mind');
    expect(await titles()).toEqual([]);
  });

  it('cannot be of an entity that TypeORM does more for, nor below one', async () => {
    const row = { draft_id: 'd', metadata: { owner: 'alice' } };
    await expect(
      as('alice', () => insertBelow(manager, Draft, row, { parent: Letter, asRead: {} })),
    ).rejects.toThrow('Only plain entities');
    const enclosure = { enclosure_id: 'new', letter_id: 'alice' };
    await expect(
      as('alice', () => insertBelow(manager, Enclosure, enclosure, { parent: Draft, asRead: {} })),
    ).rejects.toThrow('Only plain entities');
  });

  it('has to be seen by whoever sees its parent', async () => {
    const receipt = { receipt_id: 'r', letter_id: 'alice', metadata: { owner: 'bob' } };
    await expect(
      as('alice', () => insertBelow(manager, Receipt, receipt, { parent: Letter, asRead: {} })),
    ).rejects.toThrow('Letter does not decide alone who sees Receipt');
  });

  it('needs a relation to the parent, and columns that can be compared', async () => {
    const letter = { letter_id: 'new', metadata: { owner: 'alice' } };
    await expect(
      as('alice', () => insertBelow(manager, Letter, letter, { parent: Enclosure, asRead: {} })),
    ).rejects.toThrow('Letter has no relation to Enclosure');
    await expect(as('alice', () => enclosed('alice', { stamps: [] }))).rejects.toThrow(
      'Letter.stamps cannot be compared',
    );
    await expect(as('alice', () => enclosed('alice', { sent_at: new Date(7) }))).rejects.toThrow(
      'Letter.sent_at cannot be compared',
    );
  });
});
