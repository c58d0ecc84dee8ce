import { Injectable } from '@nestjs/common';
import {
  DataSource,
  IsNull,
  type EntityManager,
  type FindOptionsWhere,
  type QueryDeepPartialEntity,
} from 'typeorm';
import type { ThreadSummary } from '../../../graphs/execution/thread.state.js';
import { runAsSystem } from '../../../on-auth/authorization.context.js';
import { rowOf } from '../../../persistence/row.js';
import { Thread, type ThreadStatus } from '../../../threads/thread.entity.js';
import { Run, type CancelAction } from '../../run.entity.js';
import { heldBy, leaseOf, LeaseLostError, type Lease } from '../queue/lease.js';
import { holdThread } from '../queue/thread.lock.js';
import type { RunEnding } from './run.ending.js';
import { inScopeOf } from './run.scope.js';

/** The run was cancelled before its end could be recorded; it has to end as cancelled. Nothing was written. */
export class CancelledMeanwhileError extends Error {
  override readonly name = 'CancelledMeanwhileError';
  constructor(readonly action: CancelAction) {
    super(`The run was cancelled (${action})`);
  }
}

/** Records how runs ended: the run, and what its thread shows of it, in one transaction, and only for the worker that holds it. */
@Injectable()
export class RunFinisher {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * @throws LeaseLostError when the run is another worker's by now, or gone
   * @throws CancelledMeanwhileError when somebody has cancelled it, and this ending does not know
   */
  finish(run: Run, ending: RunEnding): Promise<void> {
    return runAsSystem('record the end of a run', () =>
      this.dataSource.transaction(async (manager) => {
        await holdThread(manager, run.thread_id);
        await this.endRun(manager, run, ending);
        if (run.temporary) await manager.delete(Thread, { thread_id: run.thread_id });
        else await this.updateThread(manager, run, ending);
      }),
    );
  }

  /** @throws LeaseLostError when the run is another worker's by now, or gone */
  async assertHeld(run: Run): Promise<void> {
    const lease = leaseOf(run);
    const held = await runAsSystem('look whether a run is still held', () =>
      this.dataSource.manager.existsBy(Run, heldBy(lease)),
    );
    if (!held) throw new LeaseLostError(lease);
  }

  private async endRun(manager: EntityManager, run: Run, ending: RunEnding): Promise<void> {
    const lease = leaseOf(run);
    const held = { ...heldBy(lease), ...withKnownCancellation(ending) };
    const { affected } =
      ending.kind === 'rolled back'
        ? await manager.delete(Run, held)
        : await manager.update(Run, held, endedRow(ending));
    if (affected !== 1) throw await this.refusal(manager, lease);
  }

  private async refusal(manager: EntityManager, lease: Lease): Promise<Error> {
    const held = await manager.findOne(Run, {
      where: heldBy(lease),
      select: { run_id: true, cancel_action: true },
    });
    return held?.cancel_action ? new CancelledMeanwhileError(held.cancel_action) : new LeaseLostError(lease);
  }

  /** The state is the run's to write as long as it reaches the thread; the thread is free in any case. */
  private async updateThread(manager: EntityManager, run: Run, ending: RunEnding): Promise<void> {
    const { thread_id } = run;
    const now = new Date();
    const hasNext = await manager.existsBy(Run, { thread_id, status: 'pending' });
    const freed = { status: statusAfter(ending, hasNext), updated_at: now };
    if (ending.summary) {
      const state = rowOf<Thread>({ ...freed, ...stateAfter(ending, ending.summary), state_updated_at: now });
      const { affected } = await inScopeOf(run, () => manager.update(Thread, { thread_id }, state));
      if (affected === 1) return;
    }
    await manager.update(Thread, { thread_id }, freed);
  }
}

/** A cancellation is obeyed, also when it comes at the last moment; a rollback wins over an interrupt. */
function withKnownCancellation(ending: RunEnding): FindOptionsWhere<Run> {
  if (ending.kind === 'rolled back') return {};
  return { cancel_action: ending.status === 'interrupted' ? 'interrupt' : IsNull() };
}

function endedRow({ status, error }: RunEnding & { kind: 'ended' }): QueryDeepPartialEntity<Run> {
  const now = new Date();
  return rowOf<Run>({
    status,
    error,
    worker_id: null,
    lease_expires_at: null,
    ended_at: now,
    updated_at: now,
  });
}

/** In the order of contract 3.5. */
function statusAfter(ending: RunEnding, hasNext: boolean): ThreadStatus {
  if (ending.kind === 'ended' && (ending.status === 'error' || ending.status === 'timeout')) return 'error';
  if (ending.summary && ending.summary.next.length > 0) return 'interrupted';
  return hasNext ? 'busy' : 'idle';
}

/** A thread that failed waits for nothing (contract 5.28). */
function stateAfter(
  ending: RunEnding,
  { values, interrupts }: ThreadSummary,
): Pick<Thread, 'values' | 'interrupts'> {
  const failed = ending.kind === 'ended' && ending.error !== null;
  return { values, interrupts: failed ? {} : interrupts };
}
