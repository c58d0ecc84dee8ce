import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { Scoped } from '../../persistence/scoped.decorator.js';
import type { JsonObject } from '../execution/serialize.js';

/** One checkpoint of a thread, without the values of its channels: those are in `CheckpointBlob`, by version. */
@Scoped('threads', { through: 'thread' })
@Entity('checkpoint')
export class Checkpoint {
  @PrimaryColumn('varchar')
  thread_id!: string;

  /** Empty for the root graph, else the path of the subgraph: `node:task_id|node:task_id`. */
  @PrimaryColumn('varchar')
  checkpoint_ns!: string;

  /** Sorts by time (UUID version 6). */
  @PrimaryColumn('varchar')
  checkpoint_id!: string;

  @Column('varchar', { nullable: true })
  parent_checkpoint_id!: string | null;

  /** The run that wrote it. NULL for a state update. */
  @Column('varchar', { nullable: true })
  run_id!: string | null;

  /** How the serializer wrote `value`. */
  @Column('varchar')
  type!: string;

  @Column('text')
  value!: string;

  @Column('jsonb')
  metadata!: JsonObject;

  @ManyToOne('Thread', { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'thread_id', referencedColumnName: 'thread_id' })
  thread!: object;
}
