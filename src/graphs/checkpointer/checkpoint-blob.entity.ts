import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { Scoped } from '../../persistence/scoped.decorator.js';

/** The value of one channel at one version. All checkpoints between two changes of a channel share one. */
@Scoped('threads', { through: 'thread' })
@Entity('checkpoint_blob')
export class CheckpointBlob {
  @PrimaryColumn('varchar')
  thread_id!: string;

  @PrimaryColumn('varchar')
  checkpoint_ns!: string;

  @PrimaryColumn('varchar')
  channel!: string;

  @PrimaryColumn('varchar')
  version!: string;

  /** How the serializer wrote `value`, or `empty` for a channel that holds nothing at this version. */
  @Column('varchar')
  type!: string;

  @Column('text')
  value!: string;

  @ManyToOne('Thread', { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'thread_id', referencedColumnName: 'thread_id' })
  thread!: object;
}
