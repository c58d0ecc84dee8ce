import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AfterLoad,
  ChildEntity,
  Column,
  CreateDateColumn,
  DeleteDateColumn,
  Entity,
  EntitySchema,
  Generated,
  JoinColumn,
  ManyToMany,
  ManyToOne,
  OneToMany,
  PrimaryColumn,
  PrimaryGeneratedColumn,
  RelationId,
  TableInheritance,
  Tree,
  TreeChildren,
  TreeParent,
  UpdateDateColumn,
  VersionColumn,
  ViewColumn,
  ViewEntity,
  VirtualColumn,
  type EntityTarget,
  type ObjectLiteral,
} from 'typeorm';
import { epochMillis } from '../../../src/persistence/epoch-millis.transformer.js';
import { Unscoped } from '../../../src/persistence/scoped.decorator.js';
import { PlainEntity } from '../../../src/persistence/statements/plain.entity.js';
import { openDataSource, type TestDataSource } from '../../support/data-source.js';
import { databases } from '../../support/databases.js';

const Open = Unscoped('looked at by a test');
const upperCase = { to: (value: string) => value, from: (value: string) => value.toUpperCase() };

@Open
@Entity('parent')
class Parent {
  @PrimaryColumn('varchar') id!: string;
  @Column('text', { nullable: true, name: 'the "note"', transformer: upperCase }) note!: string | null;
  @Column('boolean', { nullable: true }) flag!: boolean | null;
  @Column('jsonb', { nullable: true }) document!: unknown;
}

@Open
@Entity('reference')
class Reference {
  @PrimaryColumn('varchar') id!: string;
  @Column('varchar') parent_id!: string;
  @ManyToOne(() => Parent) @JoinColumn({ name: 'parent_id' }) parent!: Parent;
}

@Open
@Entity('library.book')
class Book {
  @PrimaryColumn('varchar') id!: string;
}

/** All that TypeORM has to do more for, by what that is. */
@Open
@Entity('eager')
class Eager {
  @PrimaryColumn('varchar') id!: string;
  @Column('varchar') parent_id!: string;
  @ManyToOne(() => Parent, { eager: true }) @JoinColumn({ name: 'parent_id' }) parent!: Parent;
}
@Open
@Entity('lazy')
class Lazy {
  @PrimaryColumn('varchar') id!: string;
  @Column('varchar') parent_id!: string;
  @ManyToOne(() => Parent, { lazy: true }) @JoinColumn({ name: 'parent_id' }) parent!: Promise<Parent>;
}
@Open
@Entity('cascading')
class Cascading {
  @PrimaryColumn('varchar') id!: string;
  @Column('varchar') parent_id!: string;
  @ManyToOne(() => Parent, { cascade: ['insert'] }) @JoinColumn({ name: 'parent_id' }) parent!: Parent;
}
@Open
@Entity('updating')
class Updating {
  @PrimaryColumn('varchar') id!: string;
  @Column('varchar') parent_id!: string;
  @ManyToOne(() => Parent, { cascade: ['update'] }) @JoinColumn({ name: 'parent_id' }) parent!: Parent;
}
@Open
@Entity('without_column')
class WithoutColumn {
  @PrimaryColumn('varchar') id!: string;
  @ManyToOne(() => Parent) parent!: Parent;
}
@Open
@Entity('several')
class Several {
  @PrimaryColumn('varchar') id!: string;
  @OneToMany(() => OfSeveral, ({ several }) => several) members!: OfSeveral[];
}
@Open
@Entity('of_several')
class OfSeveral {
  @PrimaryColumn('varchar') id!: string;
  @ManyToOne(() => Several, ({ members }) => members) several!: Several;
}
@Open
@Entity('related')
class Related {
  @PrimaryColumn('varchar') id!: string;
  @ManyToMany(() => Parent) parents!: Parent[];
}
class Address {
  @Column('varchar') street!: string;
}
@Open
@Entity('embedding')
class Embedding {
  @PrimaryColumn('varchar') id!: string;
  @Column(() => Address) address!: Address;
}
@Open
@Entity('listening')
class Listening {
  @PrimaryColumn('varchar') id!: string;
  @AfterLoad() loaded(): void {
    this.id += '!';
  }
}
@Open
@Entity('knowing')
class Knowing {
  @PrimaryColumn('varchar') id!: string;
  @Column('varchar') parent_id!: string;
  @ManyToOne(() => Parent) @JoinColumn({ name: 'parent_id' }) parent!: Parent;
  @RelationId(({ parent }: Knowing) => parent) parentId!: string;
}
@Open
@Entity('animal')
@TableInheritance({ column: { type: 'varchar', name: 'kind' } })
class Animal {
  @PrimaryColumn('varchar') id!: string;
}
@ChildEntity('cat')
class Cat extends Animal {
  @Column('varchar', { nullable: true }) colour!: string | null;
}
@Open
@Entity('vehicle')
@TableInheritance({ column: { name: 'kind' } })
class Vehicle {
  @PrimaryColumn('varchar') id!: string;
  @Column('varchar') kind!: string;
}
@Open
@Entity('branch')
@Tree('materialized-path')
class Branch {
  @PrimaryColumn('varchar') id!: string;
  @TreeParent() parent!: Branch;
  @TreeChildren() children!: Branch[];
}
@Open
@Entity('page')
@Tree('nested-set')
class Page {
  @PrimaryColumn('varchar') id!: string;
  @TreeParent() parent!: Page;
  @TreeChildren() children!: Page[];
}
@Open
@Entity('folder')
@Tree('closure-table')
class Folder {
  @PrimaryColumn('varchar') id!: string;
  @TreeParent() parent!: Folder;
  @TreeChildren() children!: Folder[];
}
@Open
@ViewEntity({ name: 'parent_names', expression: 'SELECT id FROM parent' })
class ParentNames {
  @Column('varchar') id!: string;
}
const OfNoClass = new EntitySchema<{ id: string }>({
  name: 'of_no_class',
  columns: { id: { type: 'varchar', primary: true } },
});
@Open
@ViewEntity({ name: 'parent_view', expression: 'SELECT id FROM parent' })
class ParentView {
  @ViewColumn() id!: string;
}
@Open
@Entity('counted')
class Counted {
  @PrimaryGeneratedColumn() id!: number;
}
@Open
@Entity('generated')
class WithGenerated {
  @PrimaryColumn('varchar') id!: string;
  @Column('varchar') @Generated('uuid') token!: string;
}
@Open
@Entity('defaulting')
class Defaulting {
  @PrimaryColumn('varchar') id!: string;
  @Column('varchar', { default: 'x' }) status!: string;
}
@Open
@Entity('versioned')
class Versioned {
  @PrimaryColumn('varchar') id!: string;
  @VersionColumn() version!: number;
}
@Open
@Entity('created')
class Created {
  @PrimaryColumn('varchar') id!: string;
  @CreateDateColumn() at!: Date;
}
@Open
@Entity('updated')
class Updated {
  @PrimaryColumn('varchar') id!: string;
  @UpdateDateColumn() at!: Date;
}
@Open
@Entity('deletable')
class Deletable {
  @PrimaryColumn('varchar') id!: string;
  @DeleteDateColumn() at!: Date | null;
}
@Open
@Entity('deletable_at')
class DeletableAt {
  @PrimaryColumn('varchar') id!: string;
  @DeleteDateColumn({ type: 'bigint', transformer: epochMillis }) at!: Date | null;
}
@Open
@Entity('hiding')
class Hiding {
  @PrimaryColumn('varchar') id!: string;
  @Column('varchar', { select: false }) secret!: string;
}
@Open
@Entity('constant')
class Constant {
  @PrimaryColumn('varchar') id!: string;
  @Column({ type: 'varchar', update: false }) name!: string;
}
@Open
@Entity('readable')
class Readable {
  @PrimaryColumn('varchar') id!: string;
  @Column({ type: 'varchar', insert: false, nullable: true }) name!: string | null;
}
@Open
@Entity('virtual_one')
class Virtual {
  @PrimaryColumn('varchar') id!: string;
  @VirtualColumn({ type: 'varchar', query: (alias) => `SELECT ${alias}.id` }) copy!: string;
}
@Open
@Entity('computed')
class Computed {
  @PrimaryColumn('varchar') id!: string;
  @Column({ type: 'varchar', asExpression: "id || '!'", generatedType: 'STORED' }) loud!: string;
}
@Open
@Entity('listing')
class Listing {
  @PrimaryColumn('varchar') id!: string;
  @Column('varchar', { array: true }) names!: string[];
}
@Open
@Entity('transforming')
class Transforming {
  @PrimaryColumn('varchar') id!: string;
  @Column('varchar', { transformer: [upperCase, upperCase] }) name!: string;
}
@Open
@Entity('transforming_json')
class TransformingJson {
  @PrimaryColumn('varchar') id!: string;
  @Column('jsonb', { transformer: upperCase }) name!: string;
}
@Open
@Entity('exotic')
class Exotic {
  @PrimaryColumn('varchar') id!: string;
  @Column('simple-array') names!: string[];
}

const MORE = {
  'a relation that is loaded with it': Eager,
  'a relation that is a promise': Lazy,
  'a relation that is inserted with it': Cascading,
  'a relation that is changed with it': Updating,
  'a relation whose column it does not have': WithoutColumn,
  members: Several,
  'members of both sides': Related,
  'the id of a relation beside it': Knowing,
  'an embedded object': Embedding,
  'a listener': Listening,
  'children of its class': Animal,
  'a parent of its class': Cat,
  'a class in a column': Vehicle,
  'a place in a tree of paths': Branch,
  'a place in a tree of sets': Page,
  'a place in a tree of pairs': Folder,
  'a view in the place of a table': ParentView,
  'a view whose columns have types': ParentNames,
  'no class': OfNoClass,
  'an id that is counted': Counted,
  'a value that is generated': WithGenerated,
  'a default': Defaulting,
  'a version': Versioned,
  'the time of its making': Created,
  'the time of its change': Updated,
  'the time of its removal': Deletable,
  'the time of its removal as a number': DeletableAt,
  'a column that is not read': Hiding,
  'a column that is not changed': Constant,
  'a column that is not inserted': Readable,
  'a column that is SQL': Virtual,
  'a column that the database computes': Computed,
  'a column of several values': Listing,
  'a column with several transformers': Transforming,
  'a document with a transformer': TransformingJson,
  'a column of another type': Exotic,
} as const satisfies Record<string, EntityTarget<ObjectLiteral>>;

describe.each(databases)('an entity on $dialect', ({ dialect, create }) => {
  let opened: TestDataSource;

  beforeAll(async () => {
    const entities = [Parent, Reference, Book, OfSeveral, ...Object.values(MORE)];
    opened = await openDataSource(create, { entities, synchronize: false });
  });
  afterAll(() => opened.close());

  const plain = (target: EntityTarget<ObjectLiteral>): PlainEntity | undefined =>
    PlainEntity.of(opened.dataSource.getMetadata(target));

  it.each([
    ['its columns alone', Parent],
    ['the id of another one, in a column of its own', Reference],
  ])('is plain where it has %s', (_, target) => {
    const entity = plain(target);
    expect(entity).toBeInstanceOf(PlainEntity);
    expect(plain(target)).toBe(entity);
  });

  it.each(Object.entries(MORE))('is not plain where it has %s', (_, target) => {
    expect(plain(target)?.path).toBeUndefined();
    expect(plain(target)?.path).toBeUndefined();
  });

  it('is not plain where the data source writes the name of the type into what is read', async () => {
    const options = { entities: [Parent], synchronize: false, typename: '__typename' };
    const naming = await openDataSource(create, options);
    try {
      expect(PlainEntity.of(naming.dataSource.getMetadata(Parent))?.path).toBeUndefined();
    } finally {
      await naming.close();
    }
  });

  it('has a path of its schema and its table', () => {
    expect(plain(Book)).toMatchObject({ path: '"library"."book"' });
  });

  it('has its columns by their properties, under quoted names', () => {
    const entity = plain(Parent);
    expect(entity?.column('note')).toMatchObject({ name: 'the "note"', quoted: '"the ""note"""' });
    expect(entity?.column('the "note"')).toBeUndefined();
    expect(entity).toMatchObject({ path: '"parent"', alias: '"parent"' });
    expect(entity?.columns.map(({ property, isComparable }) => [property, isComparable])).toEqual([
      ['id', true],
      ['note', false],
      ['flag', true],
      ['document', false],
    ]);
  });

  it('is read from a row as its columns say', () => {
    const read = (note: string, flag: boolean | null, document: object | null) =>
      plain(Parent)?.read(
        dialect === 'sqlite'
          ? { packed_row: JSON.stringify(['p', flag && Number(flag), document]), 'the "note"': note }
          : { id: 'p', 'the "note"': note, flag, document },
      );
    const parent = read('hello', false, { a: [1] });
    expect(parent).toBeInstanceOf(Parent);
    expect(parent).toEqual({ id: 'p', note: 'HELLO', flag: false, document: { a: [1] } });
    expect(read('', null, null)).toEqual({
      id: 'p',
      note: '',
      flag: null,
      document: null,
    });
  });
});
