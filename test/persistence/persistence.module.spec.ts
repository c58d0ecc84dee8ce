import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable, Module, type DynamicModule, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { InjectRepository, getRepositoryToken } from '@nestjs/typeorm';
import {
  Column,
  DataSource,
  Entity,
  PrimaryColumn,
  type MigrationInterface,
  type QueryRunner,
  type Repository,
} from 'typeorm';
import { AuthorizationContext, runAsSystem } from '../../src/on-auth/authorization.context.js';
import { isConnectionRefused } from '../../src/persistence/connection-refused.js';
import type { MigrationClass } from '../../src/persistence/migrations/migration.js';
import { statementsMigration } from '../../src/persistence/migrations/statements.migration.js';
import { PersistenceModule } from '../../src/persistence/persistence.module.js';
import { ScopedDataSource } from '../../src/persistence/scoped-data-source.js';
import { Scoped } from '../../src/persistence/scoped.decorator.js';
import { databases, type TestDatabase } from '../support/databases.js';
import { scopeFor } from './ways-to-reach-a-row.scopes.js';

@Scoped('threads', { by: 'metadata' })
@Entity('thread')
class Thread {
  @PrimaryColumn('varchar') thread_id!: string;
  @Column('jsonb') metadata!: Record<string, unknown>;
  @Column('bigint') created_at!: number;
}

@Scoped('threads', { by: 'metadata' })
@Entity('note')
class Note {
  @PrimaryColumn('varchar') note_id!: string;
  @Column('jsonb') metadata!: Record<string, unknown>;
}

/** Not idempotent, and slow enough for another process to come in between. */
class CreateThreads1767225600000 implements MigrationInterface {
  readonly name = 'CreateThreads1767225600000';
  static runs = 0;

  async up(runner: QueryRunner): Promise<void> {
    CreateThreads1767225600000.runs += 1;
    await new Promise((resolve) => setTimeout(resolve, 100));
    await runner.query(
      'CREATE TABLE "thread" ("thread_id" varchar PRIMARY KEY, "metadata" jsonb, "created_at" bigint)',
    );
    await runner.query(`INSERT INTO "thread" VALUES ('first', NULL, 0)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "thread"');
  }
}

class Broken1767225600001 implements MigrationInterface {
  readonly name = 'Broken1767225600001';
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE "half" ("id" varchar)');
    await runner.query('CREATE TABLE nonsense');
  }
  async down(): Promise<void> {}
}

@Injectable()
class ThreadsService {
  constructor(@InjectRepository(Thread) readonly threads: Repository<Thread>) {}
}

@Module({})
class TestModule {
  static with(
    url: string,
    migrations: readonly MigrationClass[],
    features: readonly DynamicModule[],
  ): DynamicModule {
    return {
      module: TestModule,
      imports: [
        PersistenceModule.forRootAsync({
          imports: [
            { module: class Settings {}, providers: [{ provide: 'url', useValue: url }], exports: ['url'] },
          ],
          inject: ['url'],
          useFactory: (database: string) => ({ database, scopeKeys: ['owner'], migrations }),
        }),
        PersistenceModule.forFeature({ entities: [Thread] }),
        ...features,
      ],
      providers: [ThreadsService],
    };
  }
}

describe.each(databases)('the persistence module on $dialect', ({ dialect, create }) => {
  let database: TestDatabase;
  const contexts: INestApplicationContext[] = [];

  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close();
    await database.drop();
  });

  async function start(
    migrations: readonly MigrationClass[] = [CreateThreads1767225600000],
    features: readonly DynamicModule[] = [],
  ): Promise<INestApplicationContext> {
    const module = TestModule.with(database.url, migrations, features);
    const context = await NestFactory.createApplicationContext(module, {
      logger: false,
      abortOnError: false,
    });
    contexts.push(context);
    return context;
  }

  it('scopes the repositories that are injected', async () => {
    database = await create();
    const context = await start();
    const { threads } = context.get(ThreadsService);
    await expect(threads.find()).rejects.toMatchObject({ name: 'ScopeMissingError' });
    await AuthorizationContext.run(scopeFor('bob'), async () => {
      await threads.insert({ thread_id: 'mine', metadata: { owner: 'bob' }, created_at: 1 });
      expect((await threads.find()).map(({ thread_id }) => thread_id)).toEqual(['mine']);
    });
    expect(await runAsSystem('look', () => threads.count())).toBe(2);
    expect(context.get(DataSource)).toBeInstanceOf(ScopedDataSource);
  });

  it('brings the schema up to date, once, and indexes the scope keys', async () => {
    database = await create();
    CreateThreads1767225600000.runs = 0;
    await start();
    const context = await start();
    expect(CreateThreads1767225600000.runs).toBe(1);
    const catalogue =
      dialect === 'sqlite' ? 'SELECT name FROM sqlite_master' : 'SELECT indexname AS name FROM pg_indexes';
    const found = await runAsSystem('look', () => context.get(DataSource).query<object[]>(catalogue));
    expect(found).toContainEqual({ name: 'scope_thread_owner_created_at' });
  });

  it('stops the boot when a migration fails, leaves nothing of it, and closes the database (abuse case 70)', async () => {
    database = await create();
    await expect(start([CreateThreads1767225600000, Broken1767225600001])).rejects.toMatchObject({
      name: 'QueryFailedError',
    });
    const context = await start();
    await expect(
      runAsSystem('look', () => context.get(DataSource).query('SELECT * FROM "half"')),
    ).rejects.toThrow();
  });

  it('takes entities and migrations of features, each application its own', async () => {
    database = await create();
    const CreateNotes = statementsMigration('CreateNotes1767225600002', {
      sqlite: ['CREATE TABLE "note" ("note_id" varchar PRIMARY KEY, "metadata" jsonb, "made_on" varchar)'],
      postgres: ['CREATE TABLE "note" ("note_id" varchar PRIMARY KEY, "metadata" jsonb, "made_on" text)'],
    });
    const feature = PersistenceModule.forFeature({ entities: [Note], migrations: [CreateNotes] });
    const context = await start([CreateThreads1767225600000], [feature]);
    const notes = context.get<Repository<Note>>(getRepositoryToken(Note), { strict: false });
    await AuthorizationContext.run(scopeFor('bob'), async () => {
      await expect(notes.insert({ note_id: '1', metadata: { owner: 'alice' } })).rejects.toMatchObject({
        name: 'ScopeViolationError',
      });
    });
    const other = await start();
    expect(other.get(DataSource).hasMetadata(Note)).toBe(false);
  });

  if (dialect === 'postgres') {
    it('lets one of several processes that start together do it', async () => {
      database = await create();
      CreateThreads1767225600000.runs = 0;
      const started = await Promise.all([start(), start(), start()]);
      expect(CreateThreads1767225600000.runs).toBe(1);
      expect(started).toHaveLength(3);
    });
  }
});

describe('a database that does not answer', () => {
  it.each([
    [Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }), true],
    [Object.assign(new Error('starting up'), { code: '57P03' }), true],
    [new AggregateError([Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })]), true],
    [Object.assign(new Error('password'), { code: '28P01' }), false],
    [new Error('wiring'), false],
    [undefined, false],
  ])('is tried again for %p: %p', (error, isTriedAgain) => {
    expect(isConnectionRefused(error)).toBe(isTriedAgain);
  });
});
