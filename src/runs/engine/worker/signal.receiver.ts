import { Injectable } from '@nestjs/common';
import { DistantRuns } from '../relay/distant.runs.js';
import { ThreadFollowers } from '../relay/thread.followers.js';
import type { RunSignal } from '../run.signals.js';
import { LeaseKeeper } from './lease.keeper.js';
import { RunWorker } from './run.worker.js';

/** Does what signals tell. One that came from another process only makes somebody look into the tables. */
@Injectable()
export class SignalReceiver {
  constructor(
    private readonly worker: RunWorker,
    private readonly keeper: LeaseKeeper,
    private readonly distantRuns: DistantRuns,
    private readonly threads: ThreadFollowers,
  ) {}

  hear(signal: RunSignal): void {
    switch (signal.kind) {
      case 'created':
        this.threads.hear(signal.threadId);
        return;
      case 'queued':
        this.worker.wake(signal.at);
        return;
      case 'cancelled':
        if (signal.action) this.worker.cancel(signal.runId, signal.action);
        else this.lookAtLease(signal.runId);
        return;
      case 'followed':
        this.lookAtLease(signal.runId);
        return;
      case 'events':
        this.distantRuns.askForEvents(signal.runId);
        return;
      case 'ended':
        void this.distantRuns.ask(signal.runId);
        return;
      case 'missed':
        this.lookAround();
        return;
      case 'revoked':
      case 'changed':
        // Not about what is executed: heard by those who hold answers open.
        return;
    }
  }

  /** At everything that somebody here waits for. */
  lookAround(): void {
    void this.distantRuns.askAll();
    void this.threads.look();
  }

  private lookAtLease(runId: string): void {
    if (this.worker.isExecuting(runId)) void this.keeper.keep();
  }
}
