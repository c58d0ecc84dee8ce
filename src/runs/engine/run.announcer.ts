import { Injectable } from '@nestjs/common';
import type { Run } from '../run.entity.js';
import { LiveRuns } from './live.runs.js';
import type { Cancellation } from './queue/live-runs.canceller.js';
import { RunEndObserver } from './run-end.observer.js';
import type { RunOutcome } from './run.engine.js';
import { cancelledOutcome } from './run.outcome.js';
import { RunSignals } from './run.signals.js';

/** Tells whom it concerns what has been committed to the table of runs. */
@Injectable()
export class RunAnnouncer {
  constructor(
    private readonly liveRuns: LiveRuns,
    private readonly signals: RunSignals,
    private readonly observer: RunEndObserver,
  ) {}

  created(runs: readonly Run[]): void {
    for (const run of runs) {
      this.liveRuns.know(run);
      this.signals.publish({ kind: 'created', threadId: run.thread_id });
    }
  }

  queued(runs: readonly Run[]): void {
    for (const { run_after } of runs) this.signals.publish({ kind: 'queued', at: run_after.getTime() });
  }

  /** A worker of this process has ended it. */
  ended(runId: string, outcome: RunOutcome): void {
    const isFollowedElsewhere = this.liveRuns.get(runId)?.isFollowedElsewhere;
    this.liveRuns.end(runId, outcome);
    this.observer.committed(runId);
    if (isFollowedElsewhere) this.signals.publish({ kind: 'ended', runId });
  }

  /** Runs were handed back, so that others may have them. */
  handedBack(): void {
    this.signals.publish({ kind: 'queued', at: 0 });
  }

  /** What has ended made room; what is running has to be stopped. */
  cancelled({ action, ended, stopping }: Cancellation): void {
    for (const runId of ended) {
      this.liveRuns.end(runId, cancelledOutcome(action));
      this.observer.committed(runId);
      this.signals.publish({ kind: 'ended', runId });
    }
    if (ended.length > 0) this.signals.publish({ kind: 'queued', at: 0 });
    for (const runId of stopping) this.signals.publish({ kind: 'cancelled', runId, action });
  }
}
