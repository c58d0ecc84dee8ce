import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type EntityManager } from 'typeorm';
import { AuthorizationContext, runAsSystem } from '../../../src/on-auth/authorization.context.js';
import { ScopeViolationError } from '../../../src/persistence/scope-violation.error.js';
import { Scoped } from '../../../src/persistence/scoped.decorator.js';
import { changeBringing } from '../../../src/persistence/statements/row.change.js';
import { openDataSource, type TestDataSource } from '../../support/data-source.js';
import { databases } from '../../support/databases.js';
import { scopeFor } from '../ways-to-reach-a-row.scopes.js';
import { Draft, Enclosure, Letter, entities } from './plain-rows.entities.js';

/** Names a letter, but has metadata of its own to be seen by. */
@Scoped('threads', { by: 'metadata' })
@Entity('stamp')
class Stamp {
  @PrimaryColumn('varchar') stamp_id!: string;
  @Column('varchar') letter_id!: string;
  @Column('jsonb') metadata!: Record<string, unknown>;
  @ManyToOne(() => Letter) @JoinColumn({ name: 'letter_id' }) letter!: Letter;
}

/** Encloses what comes with a letter, and refuses bombs. */
const triggers = {
  sqlite: [
    `CREATE TRIGGER "encloses" AFTER UPDATE OF "brings" ON "letter" WHEN NEW."brings" IS NOT NULL BEGIN
      SELECT RAISE(ABORT, 'a bomb') WHERE NEW."brings" ->> 'title' = 'a bomb';
      INSERT INTO "enclosure" ("enclosure_id", "letter_id", "title")
        VALUES (NEW."letter_id", NEW."letter_id", NEW."brings" ->> 'title');
    END`,
  ],
  postgres: [
    `CREATE FUNCTION enclose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF NEW."brings"::jsonb ->> 'title' = 'a bomb' THEN RAISE 'a bomb'; END IF;
      INSERT INTO "enclosure" ("enclosure_id", "letter_id", "title")
        VALUES (NEW."letter_id", NEW."letter_id", NEW."brings"::jsonb ->> 'title');
      RETURN NULL;
    END $$`,
    `CREATE TRIGGER "encloses" AFTER UPDATE OF "brings" ON "letter" FOR EACH ROW EXECUTE FUNCTION enclose()`,
  ],
};

describe.each(databases)('a change that brings rows with it, on $dialect', ({ dialect, create }) => {
  let opened: TestDataSource;
  let manager: EntityManager;

  beforeAll(async () => {
    opened = await openDataSource(create, { entities: [...entities, Stamp] });
    ({ manager } = opened.dataSource);
    await runAsSystem('make a trigger', async () => {
      await manager.query('ALTER TABLE "letter" ADD COLUMN "brings" text');
      for (const statement of triggers[dialect]) await manager.query(statement);
    });
  });
  beforeEach(() =>
    runAsSystem('seed', async () => {
      for (const entity of [Enclosure, Letter]) await manager.deleteAll(entity);
      for (const owner of ['alice', 'bob']) {
        const columns = { pages: 3, sealed: true, sent_at: new Date(7) };
        await manager.insert(Letter, { letter_id: owner, metadata: { owner }, ...columns });
      }
    }),
  );
  afterAll(() => opened.close());

  const as = <T>(owner: string, work: () => Promise<T>): Promise<T> =>
    AuthorizationContext.run(scopeFor(owner), work);
  const brought = (title: string, below = [Enclosure as typeof Enclosure | typeof Stamp]) => ({
    column: 'brings',
    content: { title },
    below,
  });
  const enclose = (letter_id: string, title = 'a map', values: Partial<Letter> = { pages: 4 }) =>
    changeBringing(manager, Letter, { key: { letter_id }, values }, brought(title));
  /** Of the letter of that id: how many pages it has, and what is enclosed. */
  const found = (letter_id: string): Promise<unknown> =>
    runAsSystem('look', async () => ({
      pages: (await manager.findOneByOrFail(Letter, { letter_id })).pages,
      titles: (await manager.findBy(Enclosure, { letter_id })).map(({ title }) => title),
    }));
  const untouched = { pages: 3, titles: [] };

  it('happens with all of them', async () => {
    const title = 'it\'s "quoted" ☃ :own_0';
    expect(await as('alice', () => enclose('alice', title))).toBe(true);
    expect(await found('alice')).toEqual({ pages: 4, titles: [title] });
    expect(await found('bob')).toEqual(untouched);
  });

  it('writes values of every type as a change without them does', async () => {
    const values: Partial<Letter> = {
      subject: 'a',
      body: null,
      weight: 0.5,
      sealed: false,
      read_at: new Date(9),
      stamps: [{ a: [1, null] }],
    };
    await as('alice', () => enclose('alice', 'a map', values));
    expect(await as('alice', () => manager.findOneBy(Letter, { letter_id: 'alice' }))).toMatchObject(values);
  });

  it('does not happen to a row that is out of reach, or is not there: the answers are the same', async () => {
    expect(await as('alice', () => enclose('bob'))).toBe(false);
    expect(await as('alice', () => enclose('nobody'))).toBe(false);
    expect(await found('bob')).toEqual(untouched);
  });

  it('does not happen where the trigger refuses', async () => {
    await expect(as('alice', () => enclose('alice', 'a bomb'))).rejects.toThrow('a bomb');
    expect(await found('alice')).toEqual(untouched);
  });

  it.each([
    ['long', 'x'.repeat(70_000)],
    ['with a character zero', 'a\0b'],
    ['with half a character', 'a\ud800b'],
  ])('does not happen with a text that is %s: that is for a statement of its own', async (_, title) => {
    expect(await as('alice', () => enclose('alice', title))).toBe(false);
    expect(await found('alice')).toEqual(untouched);
  });

  it('does not happen where subscribers would not be told of it', async () => {
    const { subscribers } = manager.dataSource;
    subscribers.push({});
    try {
      expect(await as('alice', () => enclose('alice'))).toBe(false);
    } finally {
      subscribers.pop();
    }
    expect(await found('alice')).toEqual(untouched);
  });

  it('is refused where the row would not be visible any more', async () => {
    await expect(
      as('alice', () => enclose('alice', 'a map', { metadata: { owner: 'bob' } })),
    ).rejects.toThrow(ScopeViolationError);
    expect(await found('alice')).toEqual(untouched);
  });

  it('is refused where nobody was authorized', async () => {
    await expect(enclose('alice')).rejects.toThrow('outside any authorization');
  });

  it('asks nobody where the system is at work', async () => {
    expect(await runAsSystem('enclose', () => enclose('bob'))).toBe(true);
  });

  it('goes with the transaction that it is in', async () => {
    const left = as('alice', () =>
      manager.transaction(async (within) => {
        const change = { key: { letter_id: 'alice' }, values: { pages: 4 } };
        expect(await changeBringing(within, Letter, change, brought('a map'))).toBe(true);
        throw new Error('never mind');
      }),
    );
    await expect(left).rejects.toThrow('never mind');
    expect(await found('alice')).toEqual(untouched);
  });

  it('brings only what is seen by whoever sees the row', async () => {
    const change = { key: { letter_id: 'alice' }, values: { pages: 4 } };
    await expect(
      as('alice', () => changeBringing(manager, Letter, change, brought('a map', [Enclosure, Stamp]))),
    ).rejects.toThrow('Letter does not decide alone who sees Stamp');
    expect(await found('alice')).toEqual(untouched);
  });

  it('needs an entity that TypeORM does no more for, and columns that there are', async () => {
    const change = { key: { draft_id: 'd' }, values: {} };
    await expect(as('alice', () => changeBringing(manager, Draft, change, brought('a map')))).rejects.toThrow(
      'Draft is no plain entity',
    );
    await expect(
      as('alice', () => enclose('alice', 'a map', { colour: 'red' } as Partial<Letter>)),
    ).rejects.toThrow('Letter has no column colour');
    const byJson = { key: { stamps: [] }, values: { pages: 4 } };
    await expect(
      as('alice', () => changeBringing(manager, Letter, byJson, brought('a map'))),
    ).rejects.toThrow('Letter.stamps cannot be compared');
  });
});
