import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { Scoped } from '../../persistence/scoped.decorator.js';

/** What one task wrote to one channel on top of a checkpoint, until the next checkpoint takes it in. */
@Scoped('threads', { through: 'thread' })
@Entity('checkpoint_write')
export class CheckpointWrite {
  @PrimaryColumn('varchar')
  thread_id!: string;

  @PrimaryColumn('varchar')
  checkpoint_ns!: string;

  @PrimaryColumn('varchar')
  checkpoint_id!: string;

  @PrimaryColumn('varchar')
  task_id!: string;

  /** Its place among the writes of the task. Below zero: an error, an interrupt or a resume value, of which a task has one. */
  @PrimaryColumn('integer')
  idx!: number;

  /** Where the task stands in its step; writes are applied in this order. */
  @Column('varchar')
  task_path!: string;

  /** The run whose task wrote it: a run that resumes writes on top of the checkpoint of another. */
  @Column('varchar', { nullable: true })
  run_id!: string | null;

  @Column('varchar')
  channel!: string;

  @Column('varchar')
  type!: string;

  @Column('text')
  value!: string;

  @ManyToOne('Thread', { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'thread_id', referencedColumnName: 'thread_id' })
  thread!: object;
}
