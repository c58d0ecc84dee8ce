import { AfterLoad, Column, DeleteDateColumn, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { epochMillis } from '../../../src/persistence/epoch-millis.transformer.js';
import { Scoped, Unscoped } from '../../../src/persistence/scoped.decorator.js';

/** A row of every type of column that the service has. */
@Scoped('threads', { by: 'metadata' })
@Entity('letter')
export class Letter {
  @PrimaryColumn('varchar') letter_id!: string;
  @Column('jsonb') metadata!: Record<string, unknown>;
  @Column('varchar', { nullable: true }) subject!: string | null;
  @Column('text', { nullable: true }) body!: string | null;
  @Column('integer') pages!: number;
  @Column('double precision', { nullable: true }) weight!: number | null;
  @Column('boolean') sealed!: boolean;
  @Column('bigint', { transformer: epochMillis }) sent_at!: Date;
  @Column('bigint', { transformer: epochMillis, nullable: true }) read_at!: Date | null;
  @Column('jsonb', { nullable: true }) stamps!: unknown;
}

/** A child, which names its parent by a column of its own. */
@Scoped('threads', { through: 'letter' })
@Entity('enclosure')
export class Enclosure {
  @PrimaryColumn('varchar') enclosure_id!: string;
  @Column('varchar') letter_id!: string;
  @Column('varchar', { nullable: true }) title!: string | null;
  @ManyToOne(() => Letter, { onDelete: 'CASCADE' }) @JoinColumn({ name: 'letter_id' }) letter!: Letter;
}

/** Of another resource, so that a statement may have filters of both. */
@Scoped('assistants', { by: 'metadata' })
@Entity('clerk')
export class Clerk {
  @PrimaryColumn('varchar') clerk_id!: string;
  @Column('jsonb') metadata!: Record<string, unknown>;
}

/** TypeORM leaves out the rows that are deleted. */
@Scoped('threads', { by: 'metadata' })
@Entity('draft')
export class Draft {
  @PrimaryColumn('varchar') draft_id!: string;
  @Column('jsonb') metadata!: Record<string, unknown>;
  @DeleteDateColumn({ nullable: true }) deleted_at!: Date | null;
}

/** TypeORM tells it that it was read. */
@Scoped('threads', { by: 'metadata' })
@Entity('telegram')
export class Telegram {
  @PrimaryColumn('varchar') telegram_id!: string;
  @Column('jsonb') metadata!: Record<string, unknown>;
  wasRead = false;

  @AfterLoad()
  noteReading(): void {
    this.wasRead = true;
  }
}

/** Names that read alike when they are written one after the other. */
@Unscoped('a seal is for everybody')
@Entity('seal')
export class Seal {
  @PrimaryColumn('varchar') a!: string;
  @Column('varchar') ab!: string;
  @Column('varchar') bc!: string;
  @Column('varchar') c!: string;
}

export const entities = [Enclosure, Letter, Clerk, Draft, Telegram, Seal];
