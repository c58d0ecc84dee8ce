import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, VirtualColumn } from 'typeorm';
import { Scoped, Unscoped } from '../../src/persistence/scoped.decorator.js';

@Scoped('threads', { by: 'metadata' })
@Entity('thread')
export class Thread {
  @PrimaryColumn('varchar') thread_id!: string;
  @Column('jsonb') metadata!: Record<string, unknown>;
  @Column('varchar', { default: 'idle' }) status!: string;
}

@Scoped('threads', { through: 'thread' })
@Entity('run')
export class Run {
  @PrimaryColumn('varchar') run_id!: string;
  @Column('varchar') thread_id!: string;
  @ManyToOne(() => Thread, { onDelete: 'CASCADE' }) @JoinColumn({ name: 'thread_id' }) thread!: Thread;
}

/** Its column is an SQL expression that nobody scopes. */
@Unscoped('a memo is for everybody')
@Entity('memo')
export class Memo {
  @PrimaryColumn('varchar') memo_id!: string;
  @VirtualColumn({ type: 'varchar', query: () => 'SELECT MIN(thread_id) FROM thread' }) first_thread!: string;
}
