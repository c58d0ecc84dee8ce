import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('item')
export class Item {
  @PrimaryColumn('varchar')
  id!: string;

  @Column('varchar')
  label!: string;

  @Column('jsonb', { nullable: true })
  metadata!: Record<string, unknown> | null;

  @Column('bigint', { default: 0 })
  created_at!: number;
}
