import { Injectable } from '@nestjs/common';
import { DataSource, In, type EntityManager } from 'typeorm';
import { Thread } from '../../../threads/thread.entity.js';
import { Run, type CancelAction } from '../../run.entity.js';
import { RunEndObserver } from '../run-end.observer.js';
import { cancelLiveRuns, type Cancellation } from './live-runs.canceller.js';
import { lockThread, type LockedThread } from './thread.lock.js';

const LIVE = In(['pending', 'running']);

/** Cancels pending and running runs in the table, in the current scope: what runs is marked, for its worker to stop it. */
@Injectable()
export class QueueCanceller {
  constructor(
    private readonly dataSource: DataSource,
    private readonly observer: RunEndObserver,
  ) {}

  async cancel(runIds: readonly string[], action: CancelAction): Promise<Cancellation[]> {
    const runs = await this.dataSource.manager.find(Run, {
      where: { run_id: In(runIds), status: LIVE },
      select: { run_id: true, thread_id: true },
    });
    const threadIds = new Set(runs.map(({ thread_id }) => thread_id));
    return this.cancelOn([...threadIds], action, runIds);
  }

  /** Everything on these threads. */
  cancelAllOf(threadIds: readonly string[], action: CancelAction): Promise<Cancellation[]> {
    return this.cancelOn(threadIds, action);
  }

  /** One transaction for each thread, so that none is locked for longer than it takes. */
  private async cancelOn(
    threadIds: readonly string[],
    action: CancelAction,
    run_ids?: readonly string[],
  ): Promise<Cancellation[]> {
    const cancellations: Cancellation[] = [];
    for (const thread_id of threadIds) {
      const cancellation = await this.dataSource.transaction(async (manager) => {
        const thread = await lockThread(manager, thread_id);
        if (!thread) return undefined;
        const done = await cancelLiveRuns(manager, { thread_id, run_ids }, action, this.observer);
        if (done.ended.length > 0) await settle(manager, thread, done);
        return done;
      });
      if (cancellation) cancellations.push(cancellation);
    }
    return cancellations;
  }
}

/** A thread on which nothing is left to run waits for an answer again, or is idle; one that was there for its run only, goes. */
async function settle(
  manager: EntityManager,
  { thread_id, interrupts }: LockedThread,
  { endsThread }: Cancellation,
): Promise<void> {
  if (endsThread) {
    await manager.delete(Thread, { thread_id });
    return;
  }
  if (await manager.existsBy(Run, { thread_id, status: LIVE })) return;
  const status = Object.keys(interrupts).length > 0 ? 'interrupted' : 'idle';
  await manager.update(Thread, { thread_id }, { status, updated_at: new Date() });
}
