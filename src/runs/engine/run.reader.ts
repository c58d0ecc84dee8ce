import { AsyncResource } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Run } from '../run.entity.js';
import { followEvents, replayEvents, type ReadPage } from './events/event.streams.js';
import { RunEventStore } from './events/run-event.store.js';
import type { LiveRun, RunInterest } from './live.run.js';
import { LiveRuns } from './live.runs.js';
import { RelayStore } from './relay/relay.store.js';
import { RunFollowers, type FollowableRun } from './relay/run.followers.js';
import type { EventsOptions, FollowedRun, RunEvent, RunOutcome } from './run.engine.js';
import { GONE, recordedOutcome } from './run.outcome.js';

const FOLLOWABLE = {
  run_id: true,
  status: true,
  worker_id: true,
  resumable: true,
  temporary: true,
  outcome_for: true,
  events_for: true,
} as const;

/** What others are told of runs: from memory while they are live, from the tables afterwards, in the scope of the reader. */
@Injectable()
export class RunReader {
  constructor(
    private readonly dataSource: DataSource,
    private readonly liveRuns: LiveRuns,
    private readonly store: RunEventStore,
    private readonly followers: RunFollowers,
    private readonly relayed: RelayStore,
  ) {}

  follow(runId: string, signal: AbortSignal, interest: RunInterest): FollowedRun {
    const live = this.liveRuns.hold(runId, signal);
    if (interest === 'events') live.interest = interest;
    const readPage = this.pageReader();
    return {
      events: { [Symbol.asyncIterator]: () => followEvents(live, { from: 0, readPage, signal }) },
      outcome: () => unlessAborted(live.outcome, signal),
    };
  }

  events(
    runId: string,
    { after = -1, live: onlyNew = false, recent = false, signal }: EventsOptions,
  ): AsyncIterable<RunEvent> {
    const live = this.liveRuns.hold(runId, signal);
    const from = onlyNew ? live.log.nextId : after + 1;
    const readPage = this.pageReader();
    const readRelayed = this.relayReader();
    const asker = new AsyncResource('RunReader');
    const findRun = () => asker.runInAsyncScope(() => this.find(runId));
    const { liveRuns } = this;
    const join = (run: FollowableRun): Promise<number> => this.join(live, run, 'events', onlyNew);
    return {
      async *[Symbol.asyncIterator]() {
        const run = await findRun();
        if (!run) return;
        liveRuns.know(run);
        const kept = liveRuns.keptRun(runId);
        if (run.status === 'pending' || run.status === 'running') {
          const newFrom = await join(run);
          // A log that was filled before knows what is new; one that is still empty may be that of a run elsewhere.
          const first = onlyNew && from === 0 ? newFrom : from;
          yield* followEvents(live, { from: first, onlyNew, readPage, signal });
        } else if (run.resumable && !onlyNew) yield* replayEvents(runId, { from, readPage, signal });
        else if (recent && kept) yield* followEvents(kept, { from, readPage, signal });
        else if (recent && run.events_for !== null)
          yield* replayEvents(runId, { from, readPage: readRelayed, signal });
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
    this.liveRuns.know(run);
    const recorded = recordedOutcome(run);
    if (recorded) return recorded;
    await this.join(live, run, 'outcome');
    return unlessAborted(live.outcome, signal);
  }

  /** A server that stops has no database any more, and has told those who follow the run. */
  private async join(
    live: LiveRun,
    run: FollowableRun,
    interest: RunInterest,
    onlyNew = false,
  ): Promise<number> {
    try {
      return await this.followers.join(live, run, interest, onlyNew);
    } catch (error) {
      if (!live.log.isClosed) throw error;
      return 0;
    }
  }

  private find(runId: string): Promise<FollowableRun | null> {
    return this.dataSource.manager.findOne(Run, { where: { run_id: runId }, select: FOLLOWABLE });
  }

  /** Of a run that the reader has found in its scope. */
  private relayReader(): ReadPage {
    return async (run_id, from) => {
      const found = await this.relayed.pages('relayed_event', [{ run_id, from }]);
      return found.map(({ event }) => event);
    };
  }

  /** Readers take their events whenever their clients are ready, but always in the scope in which they asked for them. */
  private pageReader(): ReadPage {
    // Not `AsyncResource.bind`, which takes ten times as long.
    const asker = new AsyncResource('RunReader');
    return (runId, from) => asker.runInAsyncScope(() => this.store.page(runId, from));
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
