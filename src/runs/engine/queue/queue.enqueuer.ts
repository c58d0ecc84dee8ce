import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { isUniqueViolation } from '../../../persistence/unique-violation.js';
import type { Run } from '../../run.entity.js';
import { inScopeOf } from '../execution/run.scope.js';
import { RunEndObserver } from '../run-end.observer.js';
import { RunFollowers } from '../relay/run.followers.js';
import type { Alongside } from '../run.engine.js';
import { RUN_ENGINE_OPTIONS, type RunEngineOptions } from '../run-engine.options.js';
import { ThreadTakenError } from '../run.errors.js';
import { QueueEntry, type Seats } from './queue.entry.js';

/** Puts runs into the table: pending, or claimed at once where this worker has a free seat and nothing comes before. */
@Injectable()
export class QueueEnqueuer {
  constructor(
    private readonly dataSource: DataSource,
    private readonly observer: RunEndObserver,
    private readonly followers: RunFollowers,
    @Inject(RUN_ENGINE_OPTIONS) private readonly options: RunEngineOptions,
  ) {}

  /** All runs or none, each under the decision that was taken for its creation. Errors as `RunEngine.enqueue`. */
  async enqueue(runs: readonly Run[], seats: Seats, alongside?: Alongside): Promise<QueueEntry> {
    const quick = alongside ? undefined : await this.enqueueOnIdle(runs, seats);
    if (quick) return quick;
    const inOrder = inLockingOrder(runs);
    try {
      return await this.commit(inOrder, this.newEntry(seats, 'create at once'), alongside);
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      return this.commitOnTaken(inOrder, this.newEntry(seats, 'look first'), alongside);
    }
  }

  /** One run, whose thread is idle: one statement does it, and a transaction would be three round trips for nothing. */
  private async enqueueOnIdle(
    [run, ...others]: readonly Run[],
    seats: Seats,
  ): Promise<QueueEntry | undefined> {
    if (!run || others.length > 0) return undefined;
    const entry = this.newEntry(seats, 'create at once');
    const isQueued = await inScopeOf(run, () => entry.addToIdle(this.dataSource.manager, run));
    return isQueued ? entry : undefined;
  }

  private newEntry(seats: Seats, threads: 'look first' | 'create at once'): QueueEntry {
    return new QueueEntry(this.options, seats, threads, this.observer, this.followers);
  }

  /** A thread that was to be created is there already, or was just then created by another request. */
  private async commitOnTaken(
    runs: readonly Run[],
    entry: QueueEntry,
    alongside?: Alongside,
  ): Promise<QueueEntry> {
    try {
      return await this.commit(runs, entry, alongside);
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new ThreadTakenError(runs.find(({ thread }) => thread !== undefined)?.thread_id ?? '');
    }
  }

  private async commit(runs: readonly Run[], entry: QueueEntry, alongside?: Alongside): Promise<QueueEntry> {
    try {
      await this.dataSource.transaction(async (manager) => {
        for (const run of runs) await inScopeOf(run, () => entry.add(manager, run));
        await alongside?.(manager);
      });
      return entry;
    } catch (error) {
      entry.giveUp();
      throw error;
    }
  }
}

/** By thread, so that two requests never wait for each other's threads; on one thread in the order that was given. */
function inLockingOrder(runs: readonly Run[]): readonly Run[] {
  if (runs.length < 2) return runs;
  return runs.toSorted(
    (one, other) => Number(one.thread_id > other.thread_id) - Number(one.thread_id < other.thread_id),
  );
}
