import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { Scoped } from '../../../persistence/scoped.decorator.js';
import { Run } from '../../run.entity.js';

/** An event of a resumable run. Readers get no event of such a run before it is stored here. */
@Scoped('threads', { through: 'run' })
@Entity('run_event')
export class StoredEvent {
  @PrimaryColumn('varchar')
  run_id!: string;

  @PrimaryColumn('integer')
  id!: number;

  /** The step of the root's last checkpoint when the event came; NULL before the first one. */
  @Column('integer', { nullable: true })
  step!: number | null;

  @Column('varchar')
  event!: string;

  /** JSON, as text: what is replayed is what was sent, character by character. */
  @Column('text')
  data!: string;

  @ManyToOne(() => Run, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'run_id' })
  run!: Run;
}
