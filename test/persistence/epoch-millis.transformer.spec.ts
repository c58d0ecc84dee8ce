import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Between, Column, Entity, LessThan, PrimaryColumn } from 'typeorm';
import { epochMillis } from '../../src/persistence/epoch-millis.transformer.js';
import { Unscoped } from '../../src/persistence/scoped.decorator.js';
import { openDataSource, type TestDataSource } from '../support/data-source.js';
import { databases } from '../support/databases.js';

@Unscoped('a moment is for everybody')
@Entity('moment')
class Moment {
  @PrimaryColumn('varchar') id!: string;
  @Column('bigint', { transformer: epochMillis }) at!: Date;
  @Column('bigint', { transformer: epochMillis, nullable: true }) until!: Date | null;
}

describe.each(databases)('a point in time on $dialect', ({ create }) => {
  let opened: TestDataSource;
  const at = new Date('2026-03-29T01:30:00.123Z');

  beforeAll(async () => {
    opened = await openDataSource(create, { entities: [Moment] });
    await opened.dataSource.manager.insert(Moment, { id: '1', at, until: null });
  });
  afterAll(() => opened.close());

  it('is stored as whole milliseconds', async () => {
    const [row] = await opened.dataSource.query<{ at: unknown }[]>('SELECT at FROM moment');
    expect(Number(row?.at)).toBe(at.getTime());
  });

  it('comes back as the same Date, and null as null', async () => {
    expect(await opened.dataSource.manager.findOneBy(Moment, { id: '1' })).toEqual({
      id: '1',
      at,
      until: null,
    });
  });

  it('can be compared', async () => {
    const { manager } = opened.dataSource;
    const before = LessThan(new Date(at.getTime() + 1));
    expect(await manager.countBy(Moment, { at: before })).toBe(1);
    expect(await manager.countBy(Moment, { at: before })).toBe(1);
    expect(await manager.countBy(Moment, { at: LessThan(at) })).toBe(0);
    expect(await manager.countBy(Moment, { at: Between(at, at) })).toBe(1);
    expect(await manager.countBy(Moment, { at })).toBe(1);
  });

  it.each([[new Date(Number.NaN)], ['2026-01-01'], [1.5], [{}]])('is never %p', async (nonsense) => {
    const row = { id: '2', at: nonsense as Date };
    await expect(opened.dataSource.manager.insert(Moment, row)).rejects.toThrow('not a point in time');
  });
});
