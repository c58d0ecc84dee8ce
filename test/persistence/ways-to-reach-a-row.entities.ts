import {
  BaseEntity,
  Column,
  CreateDateColumn,
  DeleteDateColumn,
  Entity,
  JoinColumn,
  JoinTable,
  ManyToMany,
  ManyToOne,
  OneToMany,
  PrimaryColumn,
  VersionColumn,
  ViewColumn,
  ViewEntity,
} from 'typeorm';
import { Scoped, Unscoped } from '../../src/persistence/scoped.decorator.js';

type Metadata = Record<string, unknown>;

@Scoped('assistants', { by: 'metadata' })
@Entity('tag')
export class Tag {
  @PrimaryColumn('varchar') tag_id!: string;
  @Column('jsonb') metadata!: Metadata;
  @ManyToMany(() => Thread, (thread) => thread.tags) threads!: Thread[];
}

@Scoped('threads', { by: 'metadata' })
@Entity('thread')
export class Thread extends BaseEntity {
  @PrimaryColumn('varchar') thread_id!: string;
  @Column('jsonb') metadata!: Metadata;
  @Column('varchar', { default: 'idle' }) status!: string;
  @Column('integer', { default: 0 }) counter!: number;
  @CreateDateColumn() created_at!: Date;
  @DeleteDateColumn() deleted_at!: Date | null;
  @VersionColumn({ default: 1 }) version!: number;
  @OneToMany(() => Run, (run) => run.thread, { cascade: true }) runs!: Run[];
  @OneToMany(() => Run, (run) => run.lazy_thread) lazy_runs!: Promise<Run[]>;
  @ManyToMany(() => Tag, (tag) => tag.threads)
  @JoinTable({
    name: 'thread_tag',
    joinColumn: { name: 'a_thread_id' },
    inverseJoinColumn: { name: 'a_tag_id' },
  })
  tags!: Tag[];
}

/** A child: visible when its thread is. */
@Scoped('threads', { through: 'thread' })
@Entity('run')
export class Run {
  @PrimaryColumn('varchar') run_id!: string;
  @Column('varchar') thread_id!: string;
  @Column('varchar', { default: 'pending' }) status!: string;
  @ManyToOne(() => Thread, (thread) => thread.runs, { eager: true, onDelete: 'CASCADE' })
  @JoinColumn({ name: 'thread_id' })
  thread!: Thread;
  @ManyToOne(() => Thread, (thread) => thread.lazy_runs, {
    lazy: true,
    createForeignKeyConstraints: false,
    nullable: true,
  })
  @JoinColumn({ name: 'lazy_thread_id' })
  lazy_thread!: Promise<Thread | null>;
  @OneToMany(() => Step, (step) => step.run) steps!: Step[];
}

/** A grandchild: visible when its run is. */
@Scoped('threads', { through: 'run' })
@Entity('step')
export class Step {
  @PrimaryColumn('varchar') step_id!: string;
  @Column('varchar') run_id!: string;
  @Column('varchar', { default: 'new' }) status!: string;
  @ManyToOne(() => Run, (run) => run.steps, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'run_id' })
  run!: Run;
}

/** Not scoped, but it joins to rows that are. */
@Unscoped('anybody may read notes')
@Entity('note')
export class Note {
  @PrimaryColumn('varchar') note_id!: string;
  @Column('varchar') thread_id!: string;
  @Column('varchar', { default: '' }) text!: string;
  @ManyToOne(() => Thread, { createForeignKeyConstraints: false })
  @JoinColumn({ name: 'thread_id' })
  thread!: Thread | null;
}

@Scoped('threads', { by: 'metadata' })
@ViewEntity('thread_overview', { expression: 'SELECT "thread_id", "metadata" FROM "thread"' })
export class ThreadOverview {
  @ViewColumn() thread_id!: string;
  @ViewColumn() metadata!: Metadata;
}

export const entities = [Tag, Thread, Run, Step, Note, ThreadOverview];
