import { describe, expect, it } from '@jest/globals';
import {
  Column,
  Entity,
  JoinColumn,
  JoinTable,
  ManyToMany,
  ManyToOne,
  OneToMany,
  PrimaryColumn,
  TableInheritance,
  ChildEntity,
  Tree,
  TreeChildren,
  TreeParent,
  ViewColumn,
  ViewEntity,
} from 'typeorm';
import { databaseOptions } from '../../src/persistence/database.options.js';
import { ScopedDataSource } from '../../src/persistence/scoped-data-source.js';
import {
  Scoped,
  Unscoped,
  scopeDeclarationOf,
  unscopedReasonOf,
} from '../../src/persistence/scoped.decorator.js';

type Json = Record<string, unknown>;
type EntityClass = new () => object;

async function setUp(...entities: EntityClass[]): Promise<ScopedDataSource> {
  const { options, createDriver } = databaseOptions('sqlite::memory:');
  const dataSource = new ScopedDataSource(
    { ...options, entities, synchronize: true },
    { scopeKeys: [], createDriver },
  );
  return dataSource.initialize();
}

/** Sets a data source up with these entities and gives the names of the scoped tables. */
async function scopedTablesOf(...entities: EntityClass[]): Promise<readonly string[]> {
  const dataSource = await setUp(...entities);
  await dataSource.destroy();
  return dataSource.scopedTables.map(({ metadata }) => metadata.tableName).sort();
}

@Scoped('threads', { by: 'metadata' })
@Entity('thread')
class Thread {
  @PrimaryColumn('varchar') id!: string;
  @Column('jsonb') metadata!: Json;
}

describe('@Scoped', () => {
  it('is read back from the class, and from a class that extends it', () => {
    class Special extends Thread {}
    expect(scopeDeclarationOf(Thread)).toEqual({ resource: 'threads', by: 'metadata' });
    expect(scopeDeclarationOf(Special)).toEqual({ resource: 'threads', by: 'metadata' });
    expect(scopeDeclarationOf(class {})).toBeUndefined();
    expect(scopeDeclarationOf('thread')).toBeUndefined();
  });

  it('does not compile for a property that the class does not have, or that holds no object', () => {
    // @ts-expect-error -- a slip of the pen
    @Scoped('threads', { by: 'metdata' })
    class Misspelt {
      metadata!: Json;
    }
    // @ts-expect-error -- a column of text
    @Scoped('threads', { by: 'status' })
    class Text {
      status!: string;
    }
    // @ts-expect-error -- no such relation
    @Scoped('threads', { through: 'thraed' })
    class Child {
      thread!: Thread;
    }
    @Scoped('threads', { through: 'thread' })
    class LazyChild {
      thread!: Promise<Thread | null>;
      protected readonly hidden = 1;
    }
    expect([Misspelt, Text, Child, LazyChild].map(scopeDeclarationOf)).not.toContain(undefined);
  });

  it('covers an entity, its children, and the junction of scoped entities', async () => {
    @Scoped('threads', { through: 'thread' })
    @Entity('run')
    class Run {
      @PrimaryColumn('varchar') id!: string;
      @ManyToOne(() => Thread) @JoinColumn() thread!: Thread;
      @ManyToMany(() => Thread) @JoinTable({ name: 'run_thread' }) others!: Thread[];
    }
    @Entity('note')
    class Note {
      @PrimaryColumn('varchar') id!: string;
      @ManyToOne(() => Thread) thread!: Thread;
    }
    expect(await scopedTablesOf(Note, Run, Thread)).toEqual(['run', 'run_thread', 'thread']);
  });

  it('covers every kind of a table that several kinds share', async () => {
    @Scoped('threads', { by: 'metadata' })
    @Entity('item')
    @TableInheritance({ column: { name: 'kind', type: 'varchar' } })
    class Item {
      @PrimaryColumn('varchar') id!: string;
      @Column('jsonb') metadata!: Json;
    }
    @ChildEntity()
    class Letter extends Item {
      @Column('varchar', { nullable: true }) text!: string;
    }
    expect(await scopedTablesOf(Letter, Item)).toEqual(['item']);
  });
});

describe('a scoped table', () => {
  @Scoped('assistants', { by: 'about' })
  @Entity('assistant')
  class Assistant {
    @PrimaryColumn('varchar') id!: string;
    @Column('jsonb') about!: Json;
    @ManyToMany(() => Thread) @JoinTable({ name: 'assistant_thread' }) threads!: Thread[];
    @ManyToMany(() => Assistant) @JoinTable({ name: 'likeness' }) like!: Assistant[];
  }
  @Scoped('threads', { through: 'thread' })
  @Entity('run')
  class Run {
    @PrimaryColumn('varchar') run_id!: string;
    @ManyToOne(() => Thread) @JoinColumn({ name: 'of_thread' }) thread!: Thread;
  }
  @Scoped('threads', { through: 'run' })
  @Entity('event')
  class Event {
    @PrimaryColumn('varchar') id!: string;
    @ManyToOne(() => Run) @JoinColumn({ name: 'of_run' }) run!: Run;
  }

  it('says by whose decisions its rows are visible, and which keys lead to their parents', async () => {
    const dataSource = await setUp(Event, Run, Assistant, Thread);
    const told = dataSource.scopedTables.map(({ name, path, qualifier, resources, owner }) => [
      name,
      path,
      qualifier,
      resources,
      owner.kind === 'metadata'
        ? [owner.resource, owner.name]
        : owner.links.map(({ parent, keys }) => [
            parent.name,
            keys.map((key) => [key.ownName, key.parentName]),
          ]),
    ]);
    await dataSource.destroy();
    expect(new Set(told)).toEqual(
      new Set([
        ['Thread', '"thread"', '"thread"', ['threads'], ['threads', '"metadata"']],
        ['Assistant', '"assistant"', '"assistant"', ['assistants'], ['assistants', '"about"']],
        ['Run', '"run"', '"run"', ['threads'], [['Thread', [['"of_thread"', '"id"']]]]],
        ['Event', '"event"', '"event"', ['threads'], [['Run', [['"of_run"', '"run_id"']]]]],
        [
          'assistant_thread',
          '"assistant_thread"',
          '"assistant_thread"',
          ['assistants', 'threads'],
          [
            ['Assistant', [['"assistantId"', '"id"']]],
            ['Thread', [['"threadId"', '"id"']]],
          ],
        ],
        [
          'likeness',
          '"likeness"',
          '"likeness"',
          ['assistants'],
          [
            ['Assistant', [['"assistantId_1"', '"id"']]],
            ['Assistant', [['"assistantId_2"', '"id"']]],
          ],
        ],
      ]),
    );
  });

  it('may be a view, and so may what is not scoped', async () => {
    @Entity('plain')
    class Plain {
      @PrimaryColumn('varchar') id!: string;
    }
    @ViewEntity('plain_view', { expression: 'SELECT id FROM plain' })
    class PlainView {
      @ViewColumn() id!: string;
    }
    @Scoped('threads', { by: 'metadata' })
    @ViewEntity('thread_view', { expression: 'SELECT id, metadata FROM thread' })
    class ThreadView {
      @ViewColumn() id!: string;
      @ViewColumn() metadata!: Json;
    }
    expect(await scopedTablesOf(Plain, PlainView, Thread, ThreadView)).toEqual(['thread', 'thread_view']);
  });

  it('is none where an entity says why it needs no scope', () => {
    @Unscoped('everybody knows the exchange rates')
    class Rate {}
    expect(unscopedReasonOf(Rate)).toBe('everybody knows the exchange rates');
    expect([Thread, 'rate', undefined].map(unscopedReasonOf)).toEqual([undefined, undefined, undefined]);
    expect(scopeDeclarationOf(Rate)).toBeUndefined();
  });
});

describe('a @Scoped that cannot be kept stops the boot', () => {
  @Entity('plain')
  class Plain {
    @PrimaryColumn('varchar') id!: string;
    @Column('jsonb') metadata!: Json;
  }

  const refusals: readonly [string, () => readonly EntityClass[], string][] = [
    [
      'the column is none',
      () => {
        @Scoped('threads', { by: 'extra' })
        @Entity()
        class Wrong {
          @PrimaryColumn('varchar') id!: string;
          @Column('jsonb') metadata!: Json;
          extra!: Json;
        }
        return [Wrong];
      },
      'Wrong is @Scoped by "extra", which is none of its columns: id, metadata',
    ],
    [
      'the column is not jsonb',
      () => {
        @Scoped('threads', { by: 'metadata' })
        @Entity()
        class Wrong {
          @PrimaryColumn('varchar') id!: string;
          @Column('simple-json') metadata!: Json;
        }
        return [Wrong];
      },
      `Wrong is @Scoped by "metadata", whose type is simple-json: declare it as @Column('jsonb')`,
    ],
    [
      'the column has a transformer',
      () => {
        @Scoped('threads', { by: 'metadata' })
        @Entity()
        class Wrong {
          @PrimaryColumn('varchar') id!: string;
          @Column('jsonb', { transformer: { to: (value: Json) => value, from: (value: Json) => value } })
          metadata!: Json;
        }
        return [Wrong];
      },
      'Wrong is @Scoped by "metadata", which has a transformer: filters are about what is stored, so remove it',
    ],
    [
      'the relation is none',
      () => {
        @Scoped('threads', { through: 'extra' })
        @Entity()
        class Wrong {
          @PrimaryColumn('varchar') id!: string;
          @ManyToOne(() => Thread) thread!: Thread;
          extra!: Thread;
        }
        return [Wrong, Thread];
      },
      'Wrong is @Scoped through "extra", which is none of its many-to-one relations: thread',
    ],
    [
      'the relation is to many',
      () => {
        @Entity()
        class Child {
          @PrimaryColumn('varchar') id!: string;
          @ManyToOne(() => Wrong) parent!: { children: unknown };
        }
        @Scoped('threads', { through: 'children' })
        @Entity()
        class Wrong {
          @PrimaryColumn('varchar') id!: string;
          @OneToMany(() => Child, (child) => child.parent) children!: Child[];
        }
        return [Wrong, Child];
      },
      'Wrong is @Scoped through "children", which is none of its many-to-one relations: it has none',
    ],
    [
      'the parent is not scoped',
      () => {
        @Scoped('threads', { through: 'plain' })
        @Entity()
        class Wrong {
          @PrimaryColumn('varchar') id!: string;
          @ManyToOne(() => Plain) plain!: Plain;
        }
        return [Wrong, Plain];
      },
      'Wrong is @Scoped through "plain", but Plain is not: declare @Scoped on it',
    ],
    [
      'the parent is of another resource',
      () => {
        @Scoped('runs', { through: 'thread' })
        @Entity()
        class Wrong {
          @PrimaryColumn('varchar') id!: string;
          @ManyToOne(() => Thread) thread!: Thread;
        }
        return [Wrong, Thread];
      },
      'Wrong is @Scoped as "runs" through "thread", but Thread as "threads": name the same resource',
    ],
    [
      'it follows itself',
      () => {
        @Scoped('threads', { through: 'parent' })
        @Entity()
        class Wrong {
          @PrimaryColumn('varchar') id!: string;
          @ManyToOne(() => Wrong) parent!: object;
        }
        return [Wrong];
      },
      'Wrong is @Scoped through itself: one entity on the way needs @Scoped(..., { by })',
    ],
    [
      'it is a tree',
      () => {
        @Scoped('threads', { by: 'metadata' })
        @Entity()
        @Tree('materialized-path')
        class Wrong {
          @PrimaryColumn('varchar') id!: string;
          @Column('jsonb') metadata!: Json;
          @TreeChildren() children!: object[];
          @TreeParent() parent!: object;
        }
        return [Wrong];
      },
      'Wrong is @Scoped and a @Tree, whose queries cannot be scoped: keep the parent in a column',
    ],
    [
      'another entity maps the table without it',
      () => {
        @Entity('thread')
        class ThreadName {
          @PrimaryColumn('varchar') id!: string;
        }
        return [ThreadName, Thread];
      },
      'ThreadName and Thread map the table "thread", but are not @Scoped alike: declare the same on both',
    ],
    [
      'a column is called like the table',
      () => {
        @Entity()
        class Note {
          @PrimaryColumn('varchar') id!: string;
          @Column('varchar', { name: 'Thread' }) subject!: string;
        }
        return [Note, Thread];
      },
      'Note.subject is stored in a column called like the scoped table "Thread": rename it',
    ],
    [
      'a view shows the table without it',
      () => {
        @ViewEntity('thread_view', { expression: 'SELECT id FROM thread' })
        class ThreadView {
          @ViewColumn() id!: string;
        }
        return [ThreadView, Thread];
      },
      'The view ThreadView names the scoped table "thread": declare it @Scoped(..., { by }) as well',
    ],
    [
      'a view that is built by a query builder shows the table without it',
      () => {
        @ViewEntity('thread_view', {
          expression: (source) => source.createQueryBuilder().select('t.id', 'id').from(Thread, 't'),
        })
        class ThreadView {
          @ViewColumn() id!: string;
        }
        return [ThreadView, Thread];
      },
      'The view ThreadView names the scoped table "thread": declare it @Scoped(..., { by }) as well',
    ],
  ];

  it.each(refusals)('when %s', async (_when, entities, message) => {
    await expect(setUp(...entities())).rejects.toMatchObject({ name: 'WiringError', message });
  });
});
