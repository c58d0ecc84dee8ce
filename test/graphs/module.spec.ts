import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { DynamicModule } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CheckpointKeeper } from '../../src/graphs/checkpointer/checkpoint.keeper.js';
import { GraphExecutor } from '../../src/graphs/execution/graph.executor.js';
import { GraphState } from '../../src/graphs/execution/graph.state.js';
import type { GraphSources } from '../../src/graphs/graph.js';
import { GraphRegistry } from '../../src/graphs/graph.registry.js';
import { GraphsModule } from '../../src/graphs/graphs.module.js';
import { GraphIntrospection } from '../../src/graphs/introspection/graph.introspection.js';
import { StoreAccess, type StoreRequest } from '../../src/graphs/store/store.access.js';
import { StoreItems } from '../../src/graphs/store/store.items.js';
import { PersistenceModule } from '../../src/persistence/persistence.module.js';
import type { ScopedDataSource } from '../../src/persistence/scoped-data-source.js';
import { sqliteMigrations } from '../../src/persistence/migrations/sqlite.migrations.js';
import { postgresMigrations } from '../../src/persistence/migrations/postgres.migrations.js';
import { Thread } from '../../src/threads/thread.entity.js';
import { databases, type TestDatabase } from '../support/databases.js';
import { testGraphs } from '../support/graphs/index.js';
import { as, createThread } from './support/graph.database.js';
import { hello } from './support/graph.harness.js';
import { withStore } from './support/store.database.js';

/** Everybody has the namespaces that begin with their name. */
@Injectable()
class OwnNamespaces extends StoreAccess {
  override async within<R extends StoreRequest, T>(request: R, work: (granted: R) => Promise<T>): Promise<T> {
    if (request.namespace?.[0] !== 'alice') throw new Error('Not authorized');
    return withStore(() => work(request));
  }
}

describe.each(databases)('the module of graphs on $dialect', ({ dialect, create }) => {
  let database: TestDatabase;
  let app: TestingModule | undefined;
  afterEach(async () => {
    await app?.close();
    app = undefined;
    await database.drop();
  });

  const migrations = dialect === 'postgres' ? postgresMigrations : sqliteMigrations;

  async function boot(graphs: DynamicModule): Promise<TestingModule> {
    database = await create();
    const settings = { database: database.url, scopeKeys: ['owner'], migrations };
    const persistence = PersistenceModule.forRootAsync({ useFactory: () => settings });
    const module = Test.createTestingModule({
      imports: [persistence, TypeOrmModule.forFeature([Thread]), graphs],
    });
    app = await module.compile();
    return app;
  }

  async function run(module: TestingModule, graphId: string, input: unknown): Promise<unknown> {
    const threadId = await createThread(module.get<ScopedDataSource>(DataSource), 'alice');
    const stream = as('alice', () =>
      module.get(GraphExecutor).stream({
        graphId,
        input,
        config: { configurable: { thread_id: threadId, run_id: crypto.randomUUID() } },
        streamModes: ['values'],
        subgraphs: false,
        signal: new AbortController().signal,
        attempt: 1,
      }),
    );
    let last: unknown;
    for await (const { data } of stream) last = data;
    return last;
  }

  it('runs the graphs that it is given, and keeps their state', async () => {
    const module = await boot(GraphsModule.forRoot(testGraphs));
    expect(module.get(GraphRegistry).ids).toEqual(Object.keys(testGraphs));
    expect(await run(module, 'agent', hello)).toMatchObject({ messages: [{}, { content: 'echo: hello' }] });
    for (const part of [GraphState, GraphIntrospection, CheckpointKeeper])
      expect(module.get(part)).toBeInstanceOf(part);
  });

  it('takes graphs that have to be loaded first', async () => {
    const useFactory = async (): Promise<GraphSources> => ({ later: Promise.resolve(testGraphs.agent) });
    const module = await boot(GraphsModule.forRootAsync({ useFactory }));
    expect(await run(module, 'later', hello)).toMatchObject({ messages: [{}, { content: 'echo: hello' }] });
  });

  it('does not boot with what is no graph', async () => {
    await expect(boot(GraphsModule.forRoot({ agent: 'nope' }))).rejects.toThrow(
      'Graph "agent" is a string, not a graph',
    );
  });

  it('gives graphs no store unless somebody decides about it', async () => {
    const module = await boot(GraphsModule.forRoot(testGraphs));
    await expect(run(module, 'memory', { namespace: ['alice'] })).rejects.toThrow('there is no store');
  });

  it('gives graphs a store, and asks about every use of it', async () => {
    const module = await boot(GraphsModule.forRoot(testGraphs, { storeAccess: OwnNamespaces }));
    await run(module, 'memory', { namespace: ['alice', 'notes'], remember: 'milk' });
    const state = await run(module, 'memory', { namespace: ['alice', 'notes'], remember: 'bread' });
    expect(state).toMatchObject({ remembered: ['bread', 'milk'] });
    await expect(run(module, 'memory', { namespace: ['bob'], remember: 'x' })).rejects.toThrow(
      'Not authorized',
    );
    const items = await withStore(() =>
      module.get(StoreItems).search({ namespace: [], limit: 10, offset: 0 }),
    );
    expect(items.rows.map(({ namespace }) => namespace)).toEqual([
      ['alice', 'notes'],
      ['alice', 'notes'],
    ]);
  });
});
