import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Repository } from 'typeorm';
import { AuthorizationContext, runAsSystem } from '../../../src/on-auth/authorization.context.js';
import { presentFields } from '../../../src/http/row.presenter.js';
import { rowOf } from '../../../src/persistence/row.js';
import { RowSearch, type RowPage } from '../../../src/persistence/statements/row.search.js';
import { openDataSource, type TestDataSource } from '../../support/data-source.js';
import { databases } from '../../support/databases.js';
import { scopeFor, scopeWith } from '../ways-to-reach-a-row.scopes.js';
import { Letter, entities } from './plain-rows.entities.js';

const FIELDS = [
  'letter_id',
  'metadata',
  'subject',
  'body',
  'pages',
  'sent_at',
  'read_at',
  'stamps',
] as const satisfies readonly (keyof Letter)[];
const ALL: RowPage = { limit: 1_000, offset: 0 };

/** What stands for itself in JSON, what is escaped in it, and what separates lines elsewhere. */
const TEXTS = [
  '"',
  '\\',
  '/',
  '\n',
  '\r\n',
  '\t',
  '\u0001',
  '\u007f',
  '\u2028',
  'ß',
  '木',
  '😀',
  "'",
  ':own_0',
];
const DOCUMENTS: readonly unknown[] = [
  [],
  {},
  0,
  1e21,
  1e-7,
  0.1 + 0.2,
  -1.5e300,
  Number.MAX_SAFE_INTEGER,
  true,
  '',
  [[[{ a: [null] }]]],
  JSON.parse('{"__proto__": {"toString": 1}, "": {"$x": "$y"}, "b": 1, "10": 2, "9": 3}'),
  Object.fromEntries(TEXTS.map((text) => [text, text])),
];

describe.each(databases)('the JSON of rows on $dialect', ({ dialect, create }) => {
  let opened: TestDataSource;
  let letters: Repository<Letter>;

  beforeAll(async () => {
    opened = await openDataSource(create, { entities });
    letters = opened.dataSource.getRepository(Letter);
  });
  beforeEach(() => runAsSystem('empty', () => letters.deleteAll()));
  afterAll(() => opened.close());

  const as = <T>(owner: string, work: () => Promise<T>): Promise<T> =>
    AuthorizationContext.run(scopeFor(owner), work);

  function write(...written: readonly Partial<Letter>[]): Promise<unknown> {
    const usual = {
      subject: null,
      body: null,
      pages: 1,
      weight: null,
      sealed: true,
      read_at: null,
      stamps: null,
    };
    const rows = written.map((letter, place) =>
      rowOf<Letter>({
        letter_id: `letter-${String(place).padStart(3, '0')}`,
        metadata: { owner: 'bob' },
        sent_at: new Date(place),
        ...usual,
        ...letter,
      }),
    );
    return runAsSystem('write', () => letters.insert(rows));
  }

  const found = (): RowSearch<Letter> => new RowSearch(letters).orderBy('letter_id', 'ASC');
  const parsed = (rows: readonly string[]): unknown[] => rows.map((row) => JSON.parse(row) as unknown);
  const read = (search = found(), page = ALL): Promise<unknown[]> =>
    as('bob', async () => parsed(await search.pageAsJson(page, FIELDS)));

  /** What an answer would have of the same rows. */
  const presented = (search = found(), page = ALL): Promise<unknown[]> =>
    as('bob', async () => {
      const rows = await search.page(page);
      return parsed(rows.map((row) => JSON.stringify(presentFields(row, FIELDS))));
    });

  it('is that of the rows as they are answered, whatever is in them', async () => {
    await write(
      ...TEXTS.map((text) => ({
        subject: text,
        body: `${text}${text}`,
        metadata: { owner: 'bob', [text]: text },
      })),
      ...DOCUMENTS.map((stamps) => ({ stamps })),
    );
    const rows = await read();
    expect(rows).toHaveLength(TEXTS.length + DOCUMENTS.length);
    expect(rows).toEqual(await presented());
  });

  it('has the fields in the order in which they were asked for, and no others', async () => {
    await write({ pages: 7 });
    const [row] = await as('bob', () => found().pageAsJson(ALL, ['pages', 'letter_id']));
    expect(Object.entries(JSON.parse(row) as object)).toEqual([
      ['pages', 7],
      ['letter_id', 'letter-000'],
    ]);
  });

  it('has times to the millisecond', async () => {
    const instants = fc.sample(
      fc.date({
        min: new Date('0001-01-01'),
        max: new Date('9999-12-31T23:59:59.999Z'),
        noInvalidDate: true,
      }),
      {
        numRuns: 200,
        seed: 5,
      },
    );
    const edges = [
      -1, 0, 1, 999, 59_999, -62_135_596_800_000, 86_399_999, 1_709_251_199_999, 1_795_305_600_031,
      253_402_300_799_999,
    ];
    const times = [...instants, ...edges.map((millis) => new Date(millis))];
    await write(...times.map((read_at) => ({ read_at })));
    const rows = (await read()) as readonly { read_at: string }[];
    expect(rows.map(({ read_at }) => read_at)).toEqual(times.map((time) => time.toISOString()));
  });

  it.each(['ASC', 'DESC'] as const)(
    'comes by page and %s, also by a column without a value',
    async (direction) => {
      await write(
        ...[5, null, 3, null, 4].map((time) => ({ read_at: time === null ? null : new Date(time) })),
      );
      for (const offset of [0, 2, 4, 6]) {
        const page = { limit: 2, offset };
        const search = (): RowSearch<Letter> =>
          new RowSearch(letters).orderBy('read_at', direction).orderBy('letter_id', direction);
        const rows = await read(search(), page);
        expect(rows).toHaveLength(Math.max(0, Math.min(2, 5 - offset)));
        expect(rows).toEqual(await presented(search(), page));
      }
    },
  );

  it.each<[string, unknown, readonly string[]]>([
    ['all for who may see all', true, ['letter-000', 'letter-001', 'letter-002']],
    ['none for who may see nothing', false, []],
    ['those with a value', { owner: 'bob' }, ['letter-000', 'letter-002']],
    [
      'those with one of two values',
      { $or: [{ owner: 'alice' }, { team: 'b' }] },
      ['letter-001', 'letter-002'],
    ],
    ['those with a member', { shared: { $contains: 'erin' } }, ['letter-000']],
  ])('is that of visible rows only: %s', async (_, result, visible) => {
    await write(
      { metadata: { owner: 'bob', shared: ['erin'] } },
      { metadata: { owner: 'alice' } },
      { metadata: { owner: 'bob', team: 'b' } },
    );
    const [json, rows] = await AuthorizationContext.run(scopeWith('erin', { threads: result }), async () => {
      const search = (): RowSearch<Letter> => found().and('1 = 1) OR (1 = 1');
      return [await search().pageAsJson(ALL, ['letter_id']), await search().page(ALL)];
    });
    expect(parsed(json)).toEqual(visible.map((letter_id) => ({ letter_id })));
    expect(rows.map(({ letter_id }) => letter_id)).toEqual(visible);
  });

  it('is made of nothing but the rows on the page', async () => {
    await write({ pages: 2 }, { pages: 1 }, { pages: 3 });
    // PostgreSQL makes no time of it.
    const unreadable = "UPDATE letter SET sent_at = 9000000000000000000 WHERE letter_id <> 'letter-001'";
    await runAsSystem('make it unreadable', () => opened.dataSource.query(unreadable));
    const search = (): RowSearch<Letter> => new RowSearch(letters).orderBy('pages', 'DESC');
    expect(await read(search(), { limit: 1, offset: 2 })).toMatchObject([{ letter_id: 'letter-001' }]);
    const least = (): RowSearch<Letter> => new RowSearch(letters).orderBy('pages', 'ASC');
    expect(await read(least(), { limit: 1, offset: 0 })).toMatchObject([{ letter_id: 'letter-001' }]);
  });

  it('has times in UTC, wherever the session is', async () => {
    await write({ sent_at: new Date('2026-11-23T23:30:00.001Z') });
    await opened.dataSource.transaction(async (manager) => {
      if (dialect === 'postgres')
        await runAsSystem('move', () => manager.query("SET LOCAL TIME ZONE 'Asia/Kolkata'"));
      const search = new RowSearch(manager.getRepository(Letter));
      const rows = await as('bob', () => search.pageAsJson(ALL, ['sent_at']));
      expect(parsed(rows)).toEqual([{ sent_at: '2026-11-23T23:30:00.001Z' }]);
    });
  });

  it('is another one for other fields of the same search', async () => {
    await write({ pages: 7 });
    const rows = await as('bob', async () => [
      ...(await found().pageAsJson(ALL, ['pages'])),
      ...(await found().pageAsJson(ALL, ['letter_id'])),
      ...(await found().page(ALL)).map(({ letter_id }) => letter_id),
    ]);
    expect(rows.map((row) => row.replaceAll(' ', ''))).toEqual([
      '{"pages":7}',
      '{"letter_id":"letter-000"}',
      'letter-000',
    ]);
  });

  it.each(['weight', 'sealed', 'nonsense'])(
    'is refused for %s, which the databases would not write alike',
    async (field) => {
      const search = as('bob', () => found().pageAsJson(ALL, [field as 'pages']));
      await expect(search).rejects.toThrow(`Letter has no column ${field} that is read as JSON`);
    },
  );

  it('is of whole numbers of rows', async () => {
    const search = as('bob', () => found().pageAsJson({ limit: 1.5, offset: 0 }, ['letter_id']));
    await expect(search).rejects.toThrow('not a number of rows: 1.5');
  });
});
