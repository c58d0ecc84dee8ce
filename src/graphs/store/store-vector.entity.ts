import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { epochMillis } from '../../persistence/epoch-millis.transformer.js';
import { Scoped } from '../../persistence/scoped.decorator.js';
import { StoreItem } from './store-item.entity.js';

/** What one text of a store item means. Seen by whoever sees the item, and gone with it. */
@Scoped('store', { through: 'item' })
@Entity('store_vector')
export class StoreVector {
  @PrimaryColumn('varchar')
  namespace!: string;

  @PrimaryColumn('varchar')
  key!: string;

  /** Counts the texts of the item. */
  @PrimaryColumn('integer')
  place!: number;

  /** Where in the value the text stands, such as `chapters[0].title`. */
  @Column('varchar')
  path!: string;

  @Column('integer')
  dims!: number;

  /** The numbers between brackets, as JSON and pgvector write them. */
  @Column('text')
  vector!: string;

  /** When the item was put that it is of: a value that was put since, by whoever knows no embeddings, is not found by it. */
  @Column('bigint', { transformer: epochMillis })
  put_at!: Date;

  @ManyToOne(() => StoreItem, { onDelete: 'CASCADE' })
  @JoinColumn([
    { name: 'namespace', referencedColumnName: 'namespace' },
    { name: 'key', referencedColumnName: 'key' },
  ])
  item!: StoreItem;
}
