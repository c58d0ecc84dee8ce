import { In, Not, type EntityManager, type EntityTarget, type QueryDeepPartialEntity } from 'typeorm';
import { runAsSystem } from '../../../on-auth/authorization.context.js';
import { rowOf } from '../../../persistence/row.js';
import { Thread, type ThreadStatus } from '../../../threads/thread.entity.js';
import { Run } from '../../run.entity.js';
import type { RunEndObserver } from '../run-end.observer.js';
import type { RunEngineOptions } from '../run-engine.options.js';
import type { RunFollowers, ThreadFollowers } from '../relay/run.followers.js';
import { ThreadBusyError, ThreadNotVisibleError } from '../run.errors.js';
import { cancelLiveRuns, type Cancellation } from './live-runs.canceller.js';
import { lockThread, type LockedThread } from './thread.lock.js';

/** Where a run may be executed at once. */
export interface Seats {
  takeSeat(): boolean;
  leaveSeat(): void;
}

/** What one transaction put into the queue, and what has to follow once it is committed. */
export class QueueEntry {
  /** Claimed for this worker already, on seats that were taken for them. */
  readonly claimed: Run[] = [];
  readonly pending: Run[] = [];
  readonly cancellations: Cancellation[] = [];

  constructor(
    private readonly options: RunEngineOptions,
    private readonly seats: Seats,
    private readonly threads: 'look first' | 'create at once',
    private readonly observer: RunEndObserver,
    private readonly followers: RunFollowers,
  ) {}

  /** Errors as `RunEngine.enqueue`; a unique violation where a thread is there that was to be created. */
  async add(manager: EntityManager, run: Run): Promise<void> {
    const { position, isNext, thread } = await this.placeOf(manager, run);
    const startsNow = isNext && run.run_after.getTime() <= Date.now() && this.seats.takeSeat();
    const followers = this.followers.of(run.run_id, startsNow, thread);
    const row = { ...pendingRow(run), ...followers, position, ...(startsNow && this.claim()) };
    (startsNow ? this.claimed : this.pending).push(Object.assign(new Run(), row));
    // The thread was found, or created, in the caller's scope just now, and is locked: that need not be asked again.
    await runAsSystem('queue a run on a thread that is visible', () => insert(manager, Run, rowOf<Run>(row)));
  }

  /** The transaction failed: the seats are free again. */
  giveUp(): void {
    for (const _ of this.claimed) this.seats.leaveSeat();
  }

  private async placeOf(manager: EntityManager, run: Run): Promise<Place> {
    const quick = await takeIdleThread(manager, run);
    if (quick) return quick;
    const isNew = run.thread !== undefined;
    const thread =
      isNew && this.threads === 'create at once' ? null : await lockThread(manager, run.thread_id);
    if (!thread && !isNew) throw new ThreadNotVisibleError(run.thread_id);
    if (!thread) return createThread(manager, run);
    const isNext = thread.status !== 'busy' || (await this.makeWay(manager, run));
    const position = thread.revision + 1;
    await manager.update(Thread, { thread_id: run.thread_id }, rowOf<Thread>(busy(thread, run, position)));
    return { position, isNext, thread };
  }

  /** Does to the thread's other runs what the strategy says. @returns whether none is left that comes first */
  private async makeWay(manager: EntityManager, { thread_id, multitask_strategy }: Run): Promise<boolean> {
    switch (multitask_strategy) {
      case 'reject':
        if (await hasLiveRuns(manager, thread_id)) throw new ThreadBusyError(thread_id);
        return true;
      case 'enqueue':
        return !(await hasLiveRuns(manager, thread_id));
      case 'interrupt':
      case 'rollback': {
        const cancellation = await cancelLiveRuns(manager, { thread_id }, multitask_strategy, this.observer);
        this.cancellations.push(cancellation);
        return cancellation.stopping.length === 0;
      }
    }
  }

  private claim(): Partial<Run> {
    const now = new Date();
    return {
      status: 'running',
      worker_id: this.options.workerId,
      lease_expires_at: new Date(now.getTime() + this.options.leaseMs),
      attempt: 1,
      started_at: now,
    };
  }
}

interface Place {
  readonly position: number;
  readonly isNext: boolean;
  readonly thread: ThreadFollowers;
}

/**
 * Takes a thread that is idle and as it was when the run was prepared, in one statement that also locks it.
 * @returns nothing where it has changed, is busy, is new or is out of reach
 */
async function takeIdleThread(manager: EntityManager, run: Run): Promise<Place | undefined> {
  const { readThread: thread } = run;
  if (!thread || thread.status === 'busy') return undefined;
  const position = thread.revision + 1;
  const asRead = { thread_id: run.thread_id, revision: thread.revision, status: Not<ThreadStatus>('busy') };
  const { affected } = await manager.update(Thread, asRead, rowOf<Thread>(busy(thread, run, position)));
  return affected === 1 ? { position, isNext: true, thread } : undefined;
}

async function createThread(manager: EntityManager, run: Run): Promise<Place> {
  const { thread } = run;
  const row = Object.assign(new Thread(), thread, busy(thread, run, thread.revision));
  await insert(manager, Thread, rowOf<Thread>(row));
  return { position: thread.revision, isNext: true, thread };
}

async function insert<T extends object>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  row: QueryDeepPartialEntity<T>,
): Promise<void> {
  await manager.createQueryBuilder().insert().into(entity).values(row).updateEntity(false).execute();
}

/** A thread is busy from the creation of a run on, and names what ran on it last (contract 1.12). */
function busy(thread: LockedThread, run: Run, revision: number): Partial<Thread> {
  const { graph_id, assistant_id, created_at } = run;
  return {
    status: 'busy',
    metadata: { ...thread.metadata, graph_id, assistant_id },
    updated_at: created_at,
    revision,
  };
}

function pendingRow({ thread: _, readThread: _read, ...columns }: Run): Omit<Run, 'thread'> {
  return { ...columns, status: 'pending', attempt: 0, lease_losses: 0 };
}

function hasLiveRuns(manager: EntityManager, thread_id: string): Promise<boolean> {
  return manager.existsBy(Run, { thread_id, status: In(['pending', 'running']) });
}
