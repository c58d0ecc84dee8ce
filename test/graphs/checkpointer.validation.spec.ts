import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunnableConfig } from '@langchain/core/runnables';
import type { CheckpointTuple } from '@langchain/langgraph-checkpoint';
import { validate } from '@langchain/langgraph-checkpoint-validation';
import { TypeOrmCheckpointer } from '../../src/graphs/checkpointer/typeorm.checkpointer.js';
import { runAsSystem } from '../../src/on-auth/authorization.context.js';
import type { ScopedDataSource } from '../../src/persistence/scoped-data-source.js';
import { Thread } from '../../src/threads/thread.entity.js';
import { databases, type TestDatabase } from '../support/databases.js';
import { as, createThread, openGraphDatabase } from './support/graph.database.js';

/** The suite was written for vitest: it takes its functions from the global object, and wants `expect.soft`. */
Object.assign(globalThis, { afterAll, afterEach, beforeAll, beforeEach, describe, it });
Object.assign(globalThis, { expect: Object.assign(expect, { soft: expect }) });

type Method<K extends 'put' | 'putWrites' | 'list'> = Parameters<TypeOrmCheckpointer[K]>;

/** Everything as a user would do it. The suite makes up its thread ids; here a thread exists before anything is kept with it. */
class CheckpointerOfAlice extends TypeOrmCheckpointer {
  constructor(private readonly source: ScopedDataSource) {
    super(source);
  }

  override getTuple(config: RunnableConfig): Promise<CheckpointTuple | undefined> {
    return as('alice', () => super.getTuple(config));
  }

  override async *list(...args: Method<'list'>): AsyncGenerator<CheckpointTuple> {
    const tuples: CheckpointTuple[] = [];
    await as('alice', async () => {
      for await (const tuple of super.list(...args)) tuples.push(tuple);
    });
    yield* tuples;
  }

  override async put(...args: Method<'put'>): Promise<RunnableConfig> {
    await this.makeThread(args[0]);
    return as('alice', () => super.put(...args));
  }

  override async putWrites(...args: Method<'putWrites'>): Promise<void> {
    await this.makeThread(args[0]);
    return as('alice', () => super.putWrites(...args));
  }

  override deleteThread(threadId: string): Promise<void> {
    return as('alice', () => super.deleteThread(threadId));
  }

  private async makeThread(config: RunnableConfig): Promise<void> {
    const thread_id: unknown = config.configurable?.thread_id;
    if (typeof thread_id !== 'string') return;
    const threads = this.source.getRepository(Thread);
    if (!(await as('alice', () => threads.existsBy({ thread_id }))))
      await createThread(this.source, 'alice', thread_id);
  }
}

for (const { dialect, create } of databases) {
  let database: TestDatabase;
  let dataSource: ScopedDataSource;

  validate({
    checkpointerName: `TypeOrmCheckpointer on ${dialect}`,
    async beforeAll() {
      database = await create();
      dataSource = await openGraphDatabase(database.url);
    },
    async afterAll() {
      await dataSource.destroy();
      await database.drop();
    },
    createCheckpointer: () => new CheckpointerOfAlice(dataSource),
    async destroyCheckpointer() {
      await runAsSystem('clean up after a test', () =>
        dataSource.createQueryBuilder().delete().from(Thread).execute(),
      );
    },
  });
}
