import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { UnsavedState } from '../../../graphs/checkpointer/unsaved.state.js';
import type { ThreadSummary } from '../../../graphs/execution/thread.state.js';
import { runAsSystem } from '../../../on-auth/authorization.context.js';
import { isConnectionLost } from '../../../persistence/connection-lost.js';
import { rowOf } from '../../../persistence/row.js';
import { ParentCheck } from '../../../persistence/scoping/parent.check.js';
import { Thread, type ThreadStatus } from '../../../threads/thread.entity.js';
import { Run, type CancelAction, type Follower, type RunStatus } from '../../run.entity.js';
import { heldBy, leaseOf, LeaseLostError, type Lease } from '../queue/lease.js';
import { endSql } from '../queue/queue.statements.js';
import { isPostgres, rowsOf } from '../queue/run.sql.js';
import { holdThread } from '../queue/thread.lock.js';
import { hasWebhook, RunEndObserver, type RunEnd } from '../run-end.observer.js';
import type { LiveRun } from '../live.run.js';
import { EventRelays } from '../relay/event.relays.js';
import { SEVERAL, together, type Followers } from '../relay/followers.js';
import { outcomeOf } from '../run.outcome.js';
import type { RunEnding } from './run.ending.js';
import { endByDeletion, endInOneStatement } from './run-end.statement.js';
import { inScopeOf } from './run.scope.js';

type EndedRun = Extract<RunEnding, { kind: 'ended' }>;

/** The run was cancelled before its end could be recorded; it has to end as cancelled. Nothing was written. */
export class CancelledMeanwhileError extends Error {
  override readonly name = 'CancelledMeanwhileError';
  constructor(readonly action: CancelAction) {
    super(`The run was cancelled (${action})`);
  }
}

/** What the run wrote last could not be saved; it has to end as failed. Nothing was written. */
export class StateNotSavedError extends Error {
  override readonly name = 'StateNotSavedError';
  constructor(override readonly cause: unknown) {
    super('The state that the run left could not be saved');
  }
}

/** What is told of the run whose end was recorded. */
interface EndedRow extends Followers {
  readonly pending: number | string;
  /** Who streams the thread. */
  readonly streaming: Follower | null;
}

interface RecordedEnd {
  /** Another run of the thread is pending. */
  readonly hasNext: boolean;
  readonly followers: Followers;
}

/** Records how runs ended: the run, and what its thread shows of it, in one transaction, and only for the worker that holds it. */
@Injectable()
export class RunFinisher {
  constructor(
    private readonly dataSource: DataSource,
    private readonly observer: RunEndObserver,
    private readonly relays: EventRelays,
  ) {}

  /**
   * @throws LeaseLostError when the run is another worker's by now, or gone
   * @throws CancelledMeanwhileError when somebody has cancelled it, and this ending does not know
   * @throws StateNotSavedError
   */
  async finish(run: Run, live: LiveRun, ending: RunEnding): Promise<void> {
    // Not within the transaction: it writes through a connection of its own.
    await live.relay?.settle();
    await runAsSystem('record the end of a run', async () => {
      if (await this.finishInOne(run, live, ending)) return;
      await this.dataSource.transaction(async (manager) => {
        const { thread_id, temporary } = run;
        // Always the thread first, which locks it; most often no other run is waiting.
        if (temporary) await holdThread(manager, thread_id);
        else await this.leaveThread(manager, run, ending);
        const { hasNext, followers } = await this.endRun(manager, { run, live }, ending);
        await this.relays.complete(manager, { run, live, outcome: outcomeOf(ending) }, followers);
        if (temporary) await manager.delete(Thread, { thread_id });
        else if (hasNext) await manager.update(Thread, { thread_id }, { status: 'busy' });
      });
    });
  }

  /** Most runs succeed, and nobody outside of the process waits for them. @returns false, with nothing written, for any other */
  private async finishInOne(run: Run, live: LiveRun, ending: RunEnding): Promise<boolean> {
    const { manager } = this.dataSource;
    if (hasWebhook(run) || live.isFollowedElsewhere || ending.kind !== 'ended') return false;
    if (run.temporary) return endByDeletion(manager, run, knownCancellation(ending.status));
    if (ending.status !== 'success' || !ending.unsaved) return false;
    const endedAt = new Date();
    const thread = stateLeft(ending, freed(ending, endedAt));
    const success = thread && { thread, unsaved: ending.unsaved, endedAt };
    return !!success && inScopeOf(run, () => endInOneStatement(manager, run, success));
  }

  /** @throws LeaseLostError when the run is another worker's by now, or gone */
  async assertHeld(run: Run): Promise<void> {
    const lease = leaseOf(run);
    const held = await runAsSystem('look whether a run is still held', () =>
      this.dataSource.manager.existsBy(Run, heldBy(lease)),
    );
    if (!held) throw new LeaseLostError(lease);
  }

  /** The state is the run's to write as long as it reaches the thread; the thread is free in any case. */
  private async leaveThread(manager: EntityManager, run: Run, ending: RunEnding): Promise<void> {
    const free = freed(ending, new Date());
    const isLeft = await inScopeOf(run, () => leaveState(manager, run, ending, free));
    if (!isLeft) await manager.update(Thread, { thread_id: run.thread_id }, free);
  }

  private async endRun(
    manager: EntityManager,
    { run, live }: { run: Run; live: LiveRun },
    ending: RunEnding,
  ): Promise<RecordedEnd> {
    const lease = leaseOf(run);
    const { runId, workerId, attempt } = lease;
    if (ending.kind === 'rolled back') {
      const { affected } = await manager.delete(Run, heldBy(lease));
      if (affected !== 1) throw new LeaseLostError(lease);
      const hasNext = await manager.existsBy(Run, { thread_id: run.thread_id, status: 'pending' });
      return { hasNext, followers: knownFollowers(live) };
    }
    const sql = endSql(isPostgres(manager.dataSource));
    const error = ending.error && JSON.stringify(ending.error);
    const now = Date.now();
    const cancellation = knownCancellation(ending.status);
    const parameters = [ending.status, error, now, runId, workerId, attempt, cancellation];
    const [row] = await rowsOf<EndedRow>(manager, sql, parameters);
    if (!row) throw await this.refusal(manager, lease);
    if (hasWebhook(run)) await this.observer.record(manager, endOf(run, ending, new Date(now)));
    return { hasNext: Number(row.pending) > 0, followers: followersOf(row) };
  }

  private async refusal(manager: EntityManager, lease: Lease): Promise<Error> {
    const held = await manager.findOne(Run, {
      where: heldBy(lease),
      select: { run_id: true, cancel_action: true },
    });
    return held?.cancel_action ? new CancelledMeanwhileError(held.cancel_action) : new LeaseLostError(lease);
  }
}

type FreedThread = Pick<Thread, 'status' | 'updated_at'>;

function freed(ending: RunEnding, at: Date): FreedThread {
  return { status: statusAfter(ending), updated_at: at };
}

/** The thread as the run leaves it; null where its state could not be read. */
function stateLeft(ending: RunEnding, free: FreedThread): Partial<Thread> | null {
  const { summary } = ending;
  return summary && { ...free, ...stateAfter(ending, summary), state_updated_at: free.updated_at };
}

/**
 * Changes the thread to the state that the run leaves, and saves what the run wrote last.
 *
 * @returns false, with nothing written, where the run has no state to leave or does not reach the thread
 */
async function leaveState(
  manager: EntityManager,
  { thread_id }: Run,
  ending: RunEnding,
  free: FreedThread,
): Promise<boolean> {
  const parents = new ParentCheck();
  const state = stateLeft(ending, free);
  const isLeft = !!state && (await parents.change(manager, Thread, { thread_id }, rowOf<Thread>(state)));
  if (ending.kind === 'ended' && ending.unsaved) await saveLast(manager, ending.unsaved, parents);
  return isLeft;
}

async function saveLast(manager: EntityManager, unsaved: UnsavedState, parents: ParentCheck): Promise<void> {
  try {
    await unsaved.saveIn(manager, parents);
  } catch (fault) {
    throw isConnectionLost(fault) ? fault : new StateNotSavedError(fault);
  }
}

function endOf(run: Run, { status, error, summary }: EndedRun, at: Date): RunEnd {
  const columns = { status, error: error && { ...error }, ended_at: at, updated_at: at };
  return { run: Object.assign(new Run(), run, columns), values: summary?.values ?? null };
}

function followersOf({ outcome_for, events_for, streaming }: EndedRow): Followers {
  return {
    outcome_for: together(outcome_for, streaming),
    events_for: together(events_for, streaming),
  };
}

/** Of a run whose row is gone: who asks too late to be known here finds that out from the table. */
function knownFollowers({ isFollowedElsewhere, relay }: LiveRun): Followers {
  return { outcome_for: isFollowedElsewhere ? SEVERAL : null, events_for: relay ? SEVERAL : null };
}

/** A cancellation is obeyed, also when it comes at the last moment; a rollback wins over an interrupt. */
function knownCancellation(status: RunStatus): CancelAction | null {
  return status === 'interrupted' ? 'interrupt' : null;
}

/** Contract 3.5; but as long as a run is pending or running the thread is busy, whatever the last one ended with. */
function statusAfter(ending: RunEnding): ThreadStatus {
  if (ending.kind === 'ended' && ending.error !== null) return 'error';
  return ending.summary && ending.summary.next.length > 0 ? 'interrupted' : 'idle';
}

/** A thread that failed waits for nothing (contract 5.28). */
function stateAfter(
  ending: RunEnding,
  { values, interrupts }: ThreadSummary,
): Pick<Thread, 'values' | 'interrupts'> {
  const failed = ending.kind === 'ended' && ending.error !== null;
  return { values, interrupts: failed ? {} : interrupts };
}
