import { Module, type DynamicModule, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { v7 as uuid } from 'uuid';
import type { GraphSources } from '../../../../src/graphs/graph.js';
import { GraphsModule } from '../../../../src/graphs/graphs.module.js';
import { AuthorizationContext, runAsSystem, scopeOf } from '../../../../src/on-auth/authorization.context.js';
import { parseDecision } from '../../../../src/on-auth/decision.js';
import { parsePrincipal, type Principal } from '../../../../src/on-auth/principal.js';
import { serverMigrations } from '../../../../src/persistence/migrations/server.migrations.js';
import { PersistenceModule } from '../../../../src/persistence/persistence.module.js';
import { rowOf } from '../../../../src/persistence/row.js';
import { RunEngineModule } from '../../../../src/runs/engine/run-engine.module.js';
import type { RunEngineOptions } from '../../../../src/runs/engine/run-engine.options.js';
import { RunEngine, type RunEvent, type RunOutcome } from '../../../../src/runs/engine/run.engine.js';
import { Run, type RunStatus } from '../../../../src/runs/run.entity.js';
import type { RunKwargs } from '../../../../src/runs/run.kwargs.js';
import { Thread } from '../../../../src/threads/thread.entity.js';
import { newThread } from '../../../../src/threads/thread.factory.js';
import { rowSecurityOf } from '../../../support/databases.js';
import { testGraphs } from '../../../support/graphs/index.js';
import { engineGraphs } from './engine.graphs.js';

/** What a test may say of a run; the graph is `steps` and the thread a new one, unless it says so. */
export interface RunSettings extends Partial<Omit<Run, 'kwargs' | 'thread'>> {
  readonly kwargs?: Partial<RunKwargs>;
  readonly afterMs?: number;
}

/** A process with an engine, on a database that others may use too: all but HTTP. */
export class EngineHarness {
  private constructor(
    readonly app: INestApplicationContext,
    readonly engine: RunEngine,
    readonly dataSource: DataSource,
  ) {}

  static async start(
    url: string,
    options: Partial<RunEngineOptions> = {},
    graphs: GraphSources = { ...testGraphs, ...engineGraphs },
  ): Promise<EngineHarness> {
    const app = await NestFactory.createApplicationContext(EngineApplication.with(url, options, graphs), {
      logger: false,
      abortOnError: false,
    });
    return new EngineHarness(app, app.get(RunEngine), app.get(DataSource));
  }

  /** As SIGTERM does. */
  stop(): Promise<void> {
    return this.app.close();
  }

  /** A thread of its owner. Answers its id. */
  async createThread(owner = 'alice'): Promise<string> {
    const thread = newThread(uuid(), { owner });
    await as(owner, () => this.dataSource.manager.insert(Thread, rowOf<Thread>(thread)));
    return thread.thread_id;
  }

  /** Queues a run on a thread. */
  async enqueue(threadId: string, settings: RunSettings = {}, owner = 'alice'): Promise<Run> {
    const run = newRun(threadId, settings, owner);
    await as(owner, () => this.engine.enqueue([run]));
    return run;
  }

  /** Queues a run with a thread of its own, as a stateless run has one. */
  async enqueueWithThread(settings: RunSettings = {}, owner = 'alice'): Promise<Run> {
    const run = newRun(uuid(), settings, owner);
    run.thread = newThread(run.thread_id, { owner });
    await as(owner, () => this.engine.enqueue([run]));
    return run;
  }

  outcome({ run_id }: Run, owner = 'alice'): Promise<RunOutcome> {
    return as(owner, () => this.engine.outcome(run_id, new AbortController().signal));
  }

  /** Runs to the end. */
  async run(threadId: string, settings: RunSettings = {}): Promise<RunOutcome> {
    return this.outcome(await this.enqueue(threadId, settings));
  }

  cancel(runs: readonly Run[], action: 'interrupt' | 'rollback', wait = true): Promise<number> {
    const ids = runs.map(({ run_id }) => run_id);
    return as('alice', () => this.engine.cancel(ids, action, { wait }));
  }

  events(
    { run_id }: Run,
    options: { after?: number; live?: boolean; signal?: AbortSignal } = {},
    owner = 'alice',
  ): AsyncIterable<RunEvent> {
    return as(owner, () => this.engine.events(run_id, { signal: new AbortController().signal, ...options }));
  }

  findRun({ run_id }: Run): Promise<Run | null> {
    return runAsSystem('look at a run', () => this.dataSource.manager.findOneBy(Run, { run_id }));
  }

  allRuns(): Promise<Run[]> {
    return runAsSystem('look at all runs', () => this.dataSource.manager.find(Run));
  }

  countRuns(status: RunStatus): Promise<number> {
    return runAsSystem('count runs', () => this.dataSource.manager.countBy(Run, { status }));
  }

  async thread(threadId: string): Promise<Thread> {
    return runAsSystem('look at a thread', () =>
      this.dataSource.manager.findOneByOrFail(Thread, { thread_id: threadId }),
    );
  }

  async hasThread(threadId: string): Promise<boolean> {
    return runAsSystem('look for a thread', () =>
      this.dataSource.manager.existsBy(Thread, { thread_id: threadId }),
    );
  }
}

@Module({})
class EngineApplication {
  static with(url: string, options: Partial<RunEngineOptions>, graphs: GraphSources): DynamicModule {
    return {
      module: EngineApplication,
      imports: [
        PersistenceModule.forRootAsync({
          useFactory: () => ({
            database: url,
            scopeKeys: ['owner'],
            migrations: serverMigrations,
            rowSecurity: rowSecurityOf(url),
          }),
        }),
        GraphsModule.forRoot(graphs),
        RunEngineModule.forRoot({ gracePeriodMs: 1_000, ...options }),
      ],
    };
  }
}

/** A run as the API makes it. */
export function newRun(
  threadId: string,
  { kwargs, afterMs = 0, ...columns }: RunSettings,
  owner: string,
): Run {
  const now = new Date();
  const defaults: RunKwargs = {
    input: {},
    config: { configurable: {} },
    stream_mode: ['values'],
    temporary: columns.temporary ?? false,
    subgraphs: false,
    resumable: columns.resumable ?? false,
  };
  return Object.assign(new Run(), {
    run_id: uuid(),
    thread_id: threadId,
    assistant_id: uuid(),
    graph_id: 'steps',
    created_at: now,
    updated_at: now,
    status: 'pending' as const,
    metadata: {},
    kwargs: { ...defaults, ...kwargs },
    multitask_strategy: 'enqueue' as const,
    principal: principalOf(owner),
    decision: parseDecision({ owner }),
    run_after: new Date(now.getTime() + afterMs),
    attempt: 0,
    worker_id: null,
    lease_expires_at: null,
    cancel_action: null,
    resumable: false,
    temporary: false,
    started_at: null,
    ended_at: null,
    error: null,
    ...columns,
  });
}

/** Runs as a user whose threads are those that it owns. */
export function as<T>(owner: string, work: () => T): T {
  return AuthorizationContext.run(scopeOf(principalOf(owner), 'threads', parseDecision({ owner })), work);
}

function principalOf(identity: string): Principal {
  const principal = parsePrincipal(identity);
  if (!principal) throw new Error(`"${identity}" is no identity`);
  return principal;
}

/** Everything that comes until the stream ends. */
export async function collect(events: AsyncIterable<RunEvent>): Promise<RunEvent[]> {
  const all: RunEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

/** Looks again and again until it is so; a test that waits in vain fails with what it was waiting for. */
export async function until(
  what: string,
  test: () => boolean | Promise<boolean>,
  patienceMs = 10_000,
): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!(await test())) {
    if (Date.now() > deadline) throw new Error(`In vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
