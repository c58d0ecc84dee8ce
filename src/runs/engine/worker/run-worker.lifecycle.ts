import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { LiveRuns } from '../live.runs.js';
import { RelaySweeper } from '../relay/relay.sweeper.js';
import { RunSuspendedError } from '../run.errors.js';
import { RunSignals, type RunSignal } from '../run.signals.js';
import { Heartbeat } from './heartbeat.js';
import { RunWorker } from './run.worker.js';
import { SignalReceiver } from './signal.receiver.js';

/** Starts the engine with the application, and stops it before the server lets go of its connections. */
@Injectable()
export class RunWorkerLifecycle implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private unsubscribe: (() => void) | undefined;

  constructor(
    private readonly worker: RunWorker,
    private readonly liveRuns: LiveRuns,
    private readonly signals: RunSignals,
    private readonly heartbeat: Heartbeat,
    private readonly receiver: SignalReceiver,
    private readonly sweeper: RelaySweeper,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.unsubscribe = this.signals.subscribe((signal) => this.hear(signal));
    await this.signals.open();
    await this.heartbeat.start();
    this.sweeper.start();
    this.worker.open();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.worker.close();
    this.heartbeat.stop();
    this.sweeper.stop();
    this.unsubscribe?.();
    this.liveRuns.suspendAll(new RunSuspendedError());
    await this.signals.close();
  }

  private hear(signal: RunSignal): void {
    if (signal.kind === 'missed') void this.heartbeat.beat();
    else this.receiver.hear(signal);
  }
}
