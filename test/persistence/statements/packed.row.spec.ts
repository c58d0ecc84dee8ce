import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { epochMillis } from '../../../src/persistence/epoch-millis.transformer.js';
import { rowOf } from '../../../src/persistence/row.js';
import { Unscoped } from '../../../src/persistence/scoped.decorator.js';
import { PlainEntity } from '../../../src/persistence/statements/plain.entity.js';
import { openDataSource, type TestDataSource } from '../../support/data-source.js';
import { databases } from '../../support/databases.js';

@Unscoped('looked at by a test')
@Entity('parcel')
class Parcel {
  @PrimaryColumn('varchar') id!: string;
  @Column('text', { nullable: true }) label!: string | null;
  @Column('double precision', { nullable: true }) weight!: number | null;
  @Column('bigint', { nullable: true, transformer: epochMillis }) sent_at!: Date | null;
  @Column('boolean', { nullable: true }) sealed!: boolean | null;
  @Column('integer', { nullable: true }) pieces!: number | null;
  @Column('jsonb', { nullable: true }) content!: unknown;
}

const NOTHING = { label: null, weight: null, sent_at: null, sealed: null, pieces: null, content: null };

describe.each(databases)('a row of a plain entity on $dialect', ({ dialect, create }) => {
  let opened: TestDataSource;
  beforeEach(async () => {
    opened = await openDataSource(create, { entities: [Parcel] });
  });
  afterEach(() => opened.close());

  async function stored(parcel: object): Promise<Parcel | null> {
    const parcels = opened.dataSource.getRepository(Parcel);
    await parcels.insert(rowOf<Parcel>({ id: 'p', ...NOTHING, ...parcel }));
    return parcels.findOneBy({ id: 'p' });
  }

  it.each<[string, object]>([
    ['nothing', {}],
    ['all digits of a number', { weight: 1 / 3 }],
    ['the largest whole number', { pieces: 2 ** 31 - 1, weight: Number.MAX_SAFE_INTEGER }],
    ['a time', { sent_at: new Date(8_640_000_000_000_000) }],
    ['yes', { sealed: true }],
    ['no', { sealed: false }],
    ['text that JSON escapes', { label: '"\\\n\u0001\u2028😀</script>' }],
    ['a document', { content: { a: [1, 'x', null, { b: false }], '"': '\\' } }],
    ['a document that is a list', { content: [[], {}] }],
    ['a document that is text, of JSON at that', { content: '{"a":1}' }],
    ['a document that is a number', { content: 1e21 }],
    ['a document that is false', { content: false }],
    ['a member called __proto__', { content: JSON.parse('{"__proto__":{"a":1}}') as unknown }],
  ])('comes back as it went in: %s', async (_, parcel) => {
    const found = await stored(parcel);
    expect(found).toBeInstanceOf(Parcel);
    expect(Object.fromEntries(Object.entries(found ?? {}))).toStrictEqual({ id: 'p', ...NOTHING, ...parcel });
  });

  it('keeps quotes of its key', async () => {
    const parcels = opened.dataSource.getRepository(Parcel);
    await parcels.insert(rowOf<Parcel>({ id: `it's "p"`, ...NOTHING }));
    expect(await parcels.findOneBy({ id: `it's "p"` })).toMatchObject({ id: `it's "p"` });
  });

  it('is of as few columns as it can be', () => {
    const selection = PlainEntity.of(opened.dataSource.getMetadata(Parcel))?.selection;
    expect(selection).toBe(
      dialect === 'sqlite'
        ? 'json_array("parcel"."id", "parcel"."sent_at", "parcel"."sealed", "parcel"."pieces", json("parcel"."content")) AS "packed_row",' +
            ' "parcel"."label", "parcel"."weight"'
        : '"parcel"."id", "parcel"."label", "parcel"."weight", "parcel"."sent_at", "parcel"."sealed", "parcel"."pieces", "parcel"."content"',
    );
  });
});
