import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  Column,
  Entity,
  JoinColumn,
  ManyToOne,
  PrimaryColumn,
  ViewColumn,
  ViewEntity,
  type DataSource,
  type DataSourceOptions,
} from 'typeorm';
import { AuthorizationContext, runAsSystem } from '../../src/on-auth/authorization.context.js';
import { parseDecision } from '../../src/on-auth/decision.js';
import { databaseOptions } from '../../src/persistence/database.options.js';
import { SCOPE_MARK } from '../../src/persistence/scope.mark.js';
import { ScopedDataSource, type ScopingOptions } from '../../src/persistence/scoped-data-source.js';
import { Scoped, Unscoped } from '../../src/persistence/scoped.decorator.js';
import type { ScopedTable } from '../../src/persistence/scoping/scoped-table.js';
import { plainDatabases, type TestDatabase } from '../support/databases.js';
import { scopeFor } from './ways-to-reach-a-row.scopes.js';

type Metadata = Record<string, unknown>;

@Scoped('threads', { by: 'metadata' })
@Entity('shelf')
class Shelf {
  @PrimaryColumn('varchar') room!: string;
  @PrimaryColumn('integer') place!: number;
  @Column('jsonb') metadata!: Metadata;
}

/** Below a parent of two keys. */
@Scoped('threads', { through: 'shelf' })
@Entity('box')
class Box {
  @PrimaryColumn('varchar') box_id!: string;
  @Column('varchar') room!: string;
  @Column('integer') place!: number;
  @ManyToOne(() => Shelf)
  @JoinColumn([
    { name: 'room', referencedColumnName: 'room' },
    { name: 'place', referencedColumnName: 'place' },
  ])
  shelf!: Shelf;
}

@Scoped('threads', { through: 'box' })
@Entity('thing')
class Thing {
  @PrimaryColumn('varchar') thing_id!: string;
  @Column('varchar') box_id!: string;
  @ManyToOne(() => Box) @JoinColumn({ name: 'box_id' }) box!: Box;
}

@Scoped('threads', { by: 'metadata' })
@ViewEntity({ name: 'front_shelf', expression: 'SELECT "room", "metadata" FROM "shelf" WHERE "place" = 1' })
class FrontShelf {
  @ViewColumn() room!: string;
  @ViewColumn() metadata!: Metadata;
}

@Unscoped('rooms are for everybody')
@Entity('room')
class Room {
  @PrimaryColumn('varchar') room_id!: string;
}

/** What it is made of is asked for before anything is scoped. */
@ViewEntity({
  name: 'room_name',
  expression: (dataSource: DataSource) =>
    dataSource.createQueryBuilder().select('r.room_id', 'name').from(Room, 'r'),
})
class RoomName {
  @ViewColumn() name!: string;
}

const entities = [Shelf, Box, Thing, FrontShelf, Room, RoomName];
const OWNED = { owner: 'bob' };

describe.each(plainDatabases)('a scoped data source on $dialect', ({ dialect, create }) => {
  let database: TestDatabase;
  let dataSource: ScopedDataSource;
  const advice: string[] = [];

  function dataSourceWith(scoping: Partial<ScopingOptions>, options: object = {}): ScopedDataSource {
    const { options: connection, createDriver } = databaseOptions(database.url);
    // The spread keeps the type of the database; TypeScript cannot follow it through the union of all databases.
    const merged = { entities, ...options, ...connection } as DataSourceOptions;
    return new ScopedDataSource(merged, { scopeKeys: ['owner'], createDriver, ...scoping });
  }
  const tableOf = (name: string, source = dataSource): ScopedTable => {
    const table = source.scopedTables.find((known) => known.name === name);
    if (!table) throw new TypeError(`no such table: ${name}`);
    return table;
  };
  const rendered = (name: string, result: unknown, source = dataSource) => {
    const { sql, parameters } = source.renderScope(tableOf(name, source), parseDecision(result));
    return { sql: sql.replaceAll(SCOPE_MARK, ''), parameters };
  };

  beforeAll(async () => {
    database = await create();
    dataSource = dataSourceWith({ advise: (text) => advice.push(text) }, { synchronize: true });
    await dataSource.initialize();
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('is set up by the system', async () => {
    const another = dataSourceWith({}, { synchronize: true });
    const scopes = new Set<unknown>();
    const note = () => void scopes.add(AuthorizationContext.current());
    jest.spyOn(another.logger, 'logQuery').mockImplementation(note);
    await another.initialize();
    await another.destroy();
    expect([...scopes]).toEqual([{ kind: 'system', reason: 'set up the data source' }]);
  });

  it('knows its scoped tables once it is set up, and its scope keys before', async () => {
    expect(dataSource.scopedTables.map(({ name }) => name)).toEqual(['Shelf', 'Box', 'Thing', 'FrontShelf']);
    const later = dataSourceWith({});
    expect(later.scopedTables).toEqual([]);
    expect(later.scopeKeys).toEqual(['owner']);
    expect(later.createQueryBuilder().getParameters()).toEqual({});
  });

  it('shows a decision about a table as queries have it', () => {
    const condition = `("shelf"."metadata" -> 'owner')`;
    expect(rendered('Shelf', true)).toEqual({ sql: 'TRUE', parameters: [] });
    expect(rendered('Shelf', false)).toEqual({ sql: '1 = 0', parameters: [] });
    expect(rendered('Shelf', OWNED)).toEqual({
      sql: expect.stringContaining(condition),
      parameters: ['"bob"'],
    });
    expect(rendered('Shelf', { owner: 'bob', team: 'red' }).sql).toMatch(/:1\b.*:2\b/);
  });

  it('shows that a child is visible when all its parents are, the outermost last', () => {
    const { sql, parameters } = rendered('Thing', OWNED);
    const [, before, after] = /^(.*) AND ([^()]*\("scope_2"."metadata" -> 'owner'\).*)$/.exec(sql) ?? [];
    expect(before).toBe(
      'EXISTS (SELECT 1 FROM "box" "scope_1" WHERE "scope_1"."box_id" = "thing"."box_id" AND ' +
        'EXISTS (SELECT 1 FROM "shelf" "scope_2" WHERE ' +
        '"scope_2"."room" = "scope_1"."room" AND "scope_2"."place" = "scope_1"."place"',
    );
    expect(after).toMatch(/\)\)$/);
    expect(parameters).toEqual(['"bob"']);
    expect(rendered('Thing', true)).toEqual({ sql: 'TRUE', parameters: [] });
    expect(rendered('Thing', false)).toEqual({ sql: '1 = 0', parameters: [] });
  });

  it('finds the parent of a row by all of its keys', async () => {
    const { manager } = dataSource;
    await runAsSystem('seed', async () => {
      for (const [place, owner] of ['nobody', 'bob', 'alice'].entries()) {
        await manager.insert(Shelf, { room: 'cellar', place, metadata: { owner } });
        await manager.insert(Box, { box_id: `${owner}s`, room: 'cellar', place });
      }
    });
    await AuthorizationContext.run(scopeFor('bob'), async () => {
      expect((await manager.find(Box)).map(({ box_id }) => box_id)).toEqual(['bobs']);
      await manager.insert(Box, { box_id: 'new', room: 'cellar', place: 1 });
      for (const change of [{ place: 2 }, { room: 'attic' }, { room: 'cellar', place: 1 }])
        await expect(manager.update(Box, { box_id: 'new' }, change)).rejects.toMatchObject({
          name: 'ScopeViolationError',
        });
      for (const place of [0, 2, 3])
        await expect(manager.insert(Box, { box_id: 'x', room: 'cellar', place })).rejects.toMatchObject({
          name: 'ScopeViolationError',
        });
    });
  });

  it('tells of filters that nothing serves, which on PostgreSQL depends on such columns', async () => {
    const told: string[] = [];
    const secured = dataSourceWith({ hasKeyColumns: true, advise: (text) => told.push(text) });
    await secured.initialize();
    try {
      rendered('Shelf', { team: 'red' }, secured);
      rendered('Shelf', { team: 'red' });
      const served = expect.stringContaining('Add "team"');
      expect([told, advice]).toEqual([[served], dialect === 'sqlite' ? [served] : []]);
    } finally {
      await secured.destroy();
    }
  });

  it('reads a view that a builder has written', async () => {
    await dataSource.manager.insert(Room, { room_id: 'cellar' });
    expect(await dataSource.manager.find(RoomName)).toEqual([{ name: 'cellar' }]);
  });

  if (dialect === 'postgres') {
    it('looks for scope keys in columns of their own, where tables have some, and never in views', async () => {
      const secured = dataSourceWith({ hasKeyColumns: true });
      await secured.initialize();
      try {
        expect(rendered('Shelf', OWNED, secured).sql).toContain('"shelf"."scope_owner"');
        expect(rendered('FrontShelf', OWNED, secured).sql).not.toContain('"scope_owner"');
        expect(rendered('Shelf', OWNED).sql).not.toContain('"scope_owner"');
      } finally {
        await secured.destroy();
      }
    });

    it('says that the database cannot be reached where a runner gets no connection', async () => {
      const runner = dataSourceWith({}).createQueryRunner();
      await expect(runner.connect()).rejects.toMatchObject({ name: 'DatabaseUnreachableError' });
    });
  }
});
