import {
  Module,
  type DynamicModule,
  type FactoryProvider,
  type ModuleMetadata,
  type Type,
} from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PersistenceModule, type FeatureSchema } from '../../persistence/persistence.module.js';
import { Thread } from '../../threads/thread.entity.js';
import { Run } from '../run.entity.js';
import { RecorderFactory } from './events/recorder.factory.js';
import { StoredEvent } from './events/run-event.entity.js';
import { RunEventStore } from './events/run-event.store.js';
import { GraphPerformer } from './execution/graph.performer.js';
import { RunExecutor } from './execution/run.executor.js';
import { RunFinisher } from './execution/run.finisher.js';
import { LiveRuns } from './live.runs.js';
import { QueueCanceller } from './queue/queue.canceller.js';
import { QueueEnqueuer } from './queue/queue.enqueuer.js';
import { RunQueue } from './queue/run.queue.js';
import { isPostgres } from './queue/run.sql.js';
import { QueuedRunEngine } from './queued-run.engine.js';
import { DistantRuns } from './relay/distant.runs.js';
import { EventRelays } from './relay/event.relays.js';
import { RelayStore } from './relay/relay.store.js';
import { RelaySweeper } from './relay/relay.sweeper.js';
import { RunFollowers } from './relay/run.followers.js';
import { ThreadFollowers } from './relay/thread.followers.js';
import { RunAnnouncer } from './run.announcer.js';
import { RUN_ENGINE_OPTIONS, runEngineOptions, type RunEngineOptions } from './run-engine.options.js';
import { NoRunEndObserver, RunEndObserver } from './run-end.observer.js';
import { RunEngine } from './run.engine.js';
import { RunReader } from './run.reader.js';
import { LocalRunSignals, RunSignals } from './run.signals.js';
import { Heartbeat } from './worker/heartbeat.js';
import { LeaseKeeper } from './worker/lease.keeper.js';
import { RunWorkerLifecycle } from './worker/run-worker.lifecycle.js';
import { RunWorker } from './worker/run.worker.js';
import { SignalReceiver } from './worker/signal.receiver.js';

export interface RunEngineModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly inject?: FactoryProvider['inject'];
  readonly useFactory: FactoryProvider<Partial<RunEngineOptions>>['useFactory'];
  /** Who hears of the ends of runs. A provider of a global module; nobody unless given. */
  readonly observer?: Type<RunEndObserver>;
}

/**
 * Executes runs. Needs the global `GraphsModule`.
 *
 * @example
 * RunEngineModule.forRootAsync({
 *   inject: [Configuration],
 *   useFactory: ({ runsConcurrency }: Configuration) => ({ concurrency: runsConcurrency }),
 * })
 */
@Module({})
export class RunEngineModule {
  static forRoot(options: Partial<RunEngineOptions> = {}): DynamicModule {
    return RunEngineModule.forRootAsync({ useFactory: () => options });
  }

  static forRootAsync({
    imports = [],
    inject,
    useFactory,
    observer,
  }: RunEngineModuleAsyncOptions): DynamicModule {
    return {
      module: RunEngineModule,
      global: true,
      imports: [...imports, PersistenceModule.forFeature(SCHEMA)],
      providers: [
        {
          provide: RUN_ENGINE_OPTIONS,
          inject,
          useFactory: async (...dependencies: never[]) => runEngineOptions(await useFactory(...dependencies)),
        },
        {
          provide: RunEndObserver,
          ...(observer ? { useExisting: observer } : { useClass: NoRunEndObserver }),
        },
        { provide: RunSignals, inject: [DataSource, RUN_ENGINE_OPTIONS], useFactory: signalsOn },
        { provide: RunEngine, useClass: QueuedRunEngine },
        ...PROVIDERS,
      ],
      exports: [RunEngine, RunSignals, ThreadFollowers],
    };
  }
}

/** What processes leave for each other belongs to runs that may be gone: nobody but the system follows it to its thread. */
const SCHEMA: FeatureSchema = {
  entities: [Run, StoredEvent, Thread],
  systemTables: ['relayed_event', 'relayed_end'],
};

/** A SQLite file belongs to one process; only who is on PostgreSQL loads its driver. */
async function signalsOn(dataSource: DataSource, { workerId }: RunEngineOptions): Promise<RunSignals> {
  if (!isPostgres(dataSource)) return new LocalRunSignals();
  const { PostgresRunSignals } = await import('./signals/postgres.run-signals.js');
  return new PostgresRunSignals(dataSource, workerId);
}

const PROVIDERS = [
  DistantRuns,
  EventRelays,
  GraphPerformer,
  Heartbeat,
  LeaseKeeper,
  LiveRuns,
  QueueCanceller,
  QueueEnqueuer,
  RecorderFactory,
  RelayStore,
  RelaySweeper,
  RunAnnouncer,
  RunEventStore,
  RunExecutor,
  RunFinisher,
  RunFollowers,
  RunQueue,
  RunReader,
  RunWorker,
  RunWorkerLifecycle,
  SignalReceiver,
  ThreadFollowers,
];
