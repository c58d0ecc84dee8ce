import { In, type EntityManager } from 'typeorm';
import { runAsSystem } from '../../../on-auth/authorization.context.js';
import { rowOf } from '../../../persistence/row.js';
import { insertRows } from '../../../persistence/statements/row.insertion.js';
import { Thread } from '../../../threads/thread.entity.js';
import { Run } from '../../run.entity.js';
import type { RunEndObserver } from '../run-end.observer.js';
import type { RunEngineOptions } from '../run-engine.options.js';
import type { RunFollowers, ThreadFollowers } from '../relay/run.followers.js';
import { ThreadBusyError, ThreadNotVisibleError } from '../run.errors.js';
import { cancelLiveRuns, type Cancellation } from './live-runs.canceller.js';
import { queueOnTaken, type Taking } from './idle-thread.statement.js';
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
    if (await this.addToIdle(manager, run)) return;
    const row = this.queuedRow(run, await this.placeOf(manager, run));
    this.note(row);
    // The thread was found, or created, in the caller's scope just now, and is locked: that need not be asked again.
    await runAsSystem('queue a run on a thread that is visible', () => insertRows(manager, Run, [row]));
  }

  /**
   * Queues the run where its thread is idle and as it was when the run was prepared. That is one statement, and so needs no
   * transaction.
   *
   * @returns false, with nothing written, where the thread has changed, is busy, is new or is out of reach
   */
  async addToIdle(manager: EntityManager, run: Run): Promise<boolean> {
    const { readThread: thread } = run;
    if (!thread || thread.status === 'busy') return false;
    const position = thread.revision + 1;
    const row = this.queuedRow(run, { position, isNext: true, thread });
    const { thread_id, revision, status } = thread;
    const taking = { asRead: { thread_id, revision, status }, change: busy(thread, run, position) };
    let isTaken = false;
    try {
      isTaken = await queueOnTaken(manager, taking, row);
    } finally {
      if (!isTaken && isClaimed(row)) this.seats.leaveSeat();
    }
    if (isTaken) this.note(row);
    return isTaken;
  }

  /** The transaction failed: the seats are free again. */
  giveUp(): void {
    for (const _ of this.claimed) this.seats.leaveSeat();
  }

  /** The row that queues the run there: claimed at once, on a seat that is taken for it, where it may start now. */
  private queuedRow(run: Run, { position, isNext, thread }: Place): QueuedRow {
    const startsNow = isNext && run.run_after.getTime() <= Date.now() && this.takeSeat();
    const followers = this.followers.of(run.run_id, startsNow, thread);
    return { ...pendingRow(run), ...followers, position, ...(startsNow && this.claim()) };
  }

  private note(row: QueuedRow): void {
    (isClaimed(row) ? this.claimed : this.pending).push(Object.assign(new Run(), row));
  }

  /** How many runs its identity has elsewhere is known to the claim alone. */
  private takeSeat(): boolean {
    return this.options.concurrencyPerIdentity === 0 && this.seats.takeSeat();
  }

  private async placeOf(manager: EntityManager, run: Run): Promise<Place> {
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

type QueuedRow = Omit<Run, 'thread' | 'readThread'>;

interface Place {
  readonly position: number;
  readonly isNext: boolean;
  readonly thread: ThreadFollowers;
}

async function createThread(manager: EntityManager, run: Run): Promise<Place> {
  const { thread } = run;
  await insertRows(manager, Thread, [Object.assign({}, thread, busy(thread, run, thread.revision))]);
  return { position: thread.revision, isNext: true, thread };
}

/** A thread is busy from the creation of a run on, and names what ran on it last (contract 1.12). */
function busy(thread: LockedThread, run: Run, revision: number): Taking['change'] {
  const { graph_id, assistant_id, created_at } = run;
  return {
    status: 'busy',
    metadata: { ...thread.metadata, graph_id, assistant_id },
    updated_at: created_at,
    revision,
  };
}

function pendingRow({ thread: _, readThread: _read, ...columns }: Run): QueuedRow {
  return { ...columns, status: 'pending', attempt: 0, lease_losses: 0 };
}

function isClaimed({ status }: QueuedRow): boolean {
  return status === 'running';
}

function hasLiveRuns(manager: EntityManager, thread_id: string): Promise<boolean> {
  return manager.existsBy(Run, { thread_id, status: In(['pending', 'running']) });
}
