import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { isForeignKeyViolation, isUniqueViolation } from '../../src/persistence/unique-violation.js';
import { Unscoped } from '../../src/persistence/scoped.decorator.js';
import { openDataSource, type TestDataSource } from '../support/data-source.js';
import { databases } from '../support/databases.js';

@Unscoped('a room is for everybody')
@Entity('room')
@Unique(['name'])
class Room {
  @PrimaryColumn('varchar') id!: string;
  @Column('varchar') name!: string;
}

@Unscoped('a chair is for everybody')
@Entity('chair')
class Chair {
  @PrimaryColumn('varchar') id!: string;
  @Column('varchar') room_id!: string;
  @ManyToOne(() => Room) @JoinColumn({ name: 'room_id' }) room!: Room;
}

describe.each(databases)('a failed query on $dialect', ({ create }) => {
  let opened: TestDataSource;
  const failureOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => undefined,
      (error: unknown) => error,
    );

  beforeAll(async () => {
    opened = await openDataSource(create, { entities: [Room, Chair] });
    await opened.dataSource.manager.insert(Room, { id: '1', name: 'hall' });
    await opened.dataSource.manager.insert(Chair, { id: '1', room_id: '1' });
  });
  afterAll(() => opened.close());

  it('is a unique violation for a primary key or another unique key that is taken', async () => {
    const { manager } = opened.dataSource;
    for (const room of [
      { id: '1', name: 'attic' },
      { id: '2', name: 'hall' },
    ]) {
      const failure = await failureOf(manager.insert(Room, room));
      expect([isUniqueViolation(failure), isForeignKeyViolation(failure)]).toEqual([true, false]);
    }
  });

  it('is a foreign key violation for a row that is missing, or still needed', async () => {
    const { manager } = opened.dataSource;
    for (const work of [
      () => manager.insert(Chair, { id: '2', room_id: 'none' }),
      () => manager.delete(Room, '1'),
    ]) {
      const failure = await failureOf(work());
      expect([isUniqueViolation(failure), isForeignKeyViolation(failure)]).toEqual([false, true]);
    }
  });

  it('is neither for anything else', async () => {
    const failure = await failureOf(opened.dataSource.query('SELECT * FROM nowhere'));
    expect(failure).toMatchObject({ name: 'QueryFailedError' });
    for (const other of [failure, new Error('23505'), { code: '23505' }, undefined, null]) {
      expect([isUniqueViolation(other), isForeignKeyViolation(other)]).toEqual([false, false]);
    }
  });
});
