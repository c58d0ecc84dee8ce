import { AsyncResource } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Run } from '../run.entity.js';
import { followEvents, replayEvents, type ReadPage } from './events/event.streams.js';
import { RunEventStore } from './events/run-event.store.js';
import { LiveRuns } from './live.runs.js';
import type { FollowedRun, RunEvent, RunOutcome } from './run.engine.js';
import { GONE, recordedOutcome } from './run.outcome.js';

/** What others are told of runs: from memory while they are live, from the tables afterwards, in the scope of the reader. */
@Injectable()
export class RunReader {
  constructor(
    private readonly dataSource: DataSource,
    private readonly liveRuns: LiveRuns,
    private readonly store: RunEventStore,
  ) {}

  follow(runId: string, signal: AbortSignal): FollowedRun {
    const live = this.liveRuns.hold(runId, signal);
    const readPage = this.pageReader();
    return {
      events: { [Symbol.asyncIterator]: () => followEvents(live, { from: 0, readPage, signal }) },
      outcome: () => unlessAborted(live.outcome, signal),
    };
  }

  events(
    runId: string,
    { after = -1, live: onlyLive = false, signal }: { after?: number; live?: boolean; signal: AbortSignal },
  ): AsyncIterable<RunEvent> {
    const live = this.liveRuns.hold(runId, signal);
    const from = onlyLive ? live.log.nextId : after + 1;
    const readPage = this.pageReader();
    const findRun = AsyncResource.bind(() => this.find(runId));
    return {
      async *[Symbol.asyncIterator]() {
        const run = await findRun();
        if (!run) return;
        live.known = true;
        if (run.status === 'pending' || run.status === 'running')
          yield* followEvents(live, { from, readPage, signal });
        else if (run.resumable && !onlyLive) yield* replayEvents(runId, { from, readPage, signal });
      },
    };
  }

  async outcome(runId: string, signal: AbortSignal): Promise<RunOutcome> {
    const live = this.liveRuns.hold(runId, signal);
    const run = await this.dataSource.manager.findOne(Run, {
      where: { run_id: runId },
      relations: { thread: true },
    });
    if (!run) return GONE;
    live.known = true;
    return recordedOutcome(run) ?? unlessAborted(live.outcome, signal);
  }

  private find(runId: string): Promise<Run | null> {
    const select = { run_id: true, status: true, resumable: true } as const;
    return this.dataSource.manager.findOne(Run, { where: { run_id: runId }, select });
  }

  /** Readers take their events whenever their clients are ready, but always in the scope in which they asked for them. */
  private pageReader(): ReadPage {
    return AsyncResource.bind((runId: string, from: number) => this.store.page(runId, from));
  }
}

/** @throws the reason of the signal */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) {
      abort();
      return;
    }
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
