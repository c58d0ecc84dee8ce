import { Injectable } from '@nestjs/common';
import type { Run, CancelAction } from '../run.entity.js';
import type { Cancellation } from './queue/live-runs.canceller.js';
import { QueueCanceller } from './queue/queue.canceller.js';
import { QueueEnqueuer } from './queue/queue.enqueuer.js';
import { RunAnnouncer } from './run.announcer.js';
import {
  RunEngine,
  type Alongside,
  type EventsOptions,
  type FollowedRun,
  type RunEvent,
  type RunInterest,
  type RunOutcome,
} from './run.engine.js';
import { RunReader } from './run.reader.js';
import { RunWorker } from './worker/run.worker.js';

/** The engine on the table of runs. What it commits there it then tells: the worker, and whoever follows a run. */
@Injectable()
export class QueuedRunEngine extends RunEngine {
  constructor(
    private readonly enqueuer: QueueEnqueuer,
    private readonly canceller: QueueCanceller,
    private readonly reader: RunReader,
    private readonly worker: RunWorker,
    private readonly announcer: RunAnnouncer,
  ) {
    super();
  }

  override async enqueue(
    runs: readonly Run[],
    { alongside }: { readonly alongside?: Alongside } = {},
  ): Promise<void> {
    const { claimed, pending, cancellations } = await this.enqueuer.enqueue(runs, this.worker, alongside);
    this.announcer.created(runs);
    for (const run of claimed) this.worker.start(run);
    for (const cancellation of cancellations) this.announcer.cancelled(cancellation);
    this.announcer.queued(pending);
  }

  override follow(runId: string, signal: AbortSignal, interest: RunInterest): FollowedRun {
    return this.reader.follow(runId, signal, interest);
  }

  override events(runId: string, options: EventsOptions): AsyncIterable<RunEvent> {
    return this.reader.events(runId, options);
  }

  override outcome(runId: string, signal: AbortSignal): Promise<RunOutcome> {
    return this.reader.outcome(runId, signal);
  }

  override async cancel(
    runIds: readonly string[],
    action: CancelAction,
    { wait }: { wait: boolean },
  ): Promise<number> {
    const cancellations = await this.canceller.cancel(runIds, action);
    const stopped = this.stop(cancellations);
    if (wait) await stopped;
    return cancellations.reduce((count, { ended, stopping }) => count + ended.length + stopping.length, 0);
  }

  override async cancelAllOf(threadIds: readonly string[]): Promise<void> {
    await this.stop(await this.canceller.cancelAllOf(threadIds, 'interrupt'));
  }

  /** Settles when everything has stopped. Whoever does not wait for it need not hear of a failure. */
  private stop(cancellations: readonly Cancellation[]): Promise<unknown> {
    const signal = new AbortController().signal;
    for (const cancellation of cancellations) this.announcer.cancelled(cancellation);
    const stopping = cancellations.flatMap((cancellation) => cancellation.stopping);
    const stopped = Promise.all(stopping.map((runId) => this.reader.outcome(runId, signal)));
    stopped.catch(() => undefined);
    return stopped;
  }
}
