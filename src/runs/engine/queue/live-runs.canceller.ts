import { In, IsNull, Raw, type EntityManager, type FindOptionsWhere } from 'typeorm';
import type { JsonValue } from '../../../graphs/execution/serialize.js';
import { rowOf } from '../../../persistence/row.js';
import { Thread } from '../../../threads/thread.entity.js';
import { Run, type CancelAction } from '../../run.entity.js';
import type { RunEndObserver } from '../run-end.observer.js';
import { recordEnds } from '../relay/relayed.ends.js';
import { cancelledOutcome } from '../run.outcome.js';

type FoundRun = Pick<Run, 'run_id' | 'temporary' | 'outcome_for'>;

/** What a cancellation did, and what is still to be done for it once the transaction is committed. */
export interface Cancellation {
  readonly action: CancelAction;
  /** Were pending, and have ended at once. */
  readonly ended: readonly string[];
  /** Are running, and have to be stopped by their workers. */
  readonly stopping: readonly string[];
  /** One of those that have ended was to take its thread along. */
  readonly endsThread: boolean;
}

/**
 * Cancels what is pending or running on a thread: all of it, or some runs. The caller has locked the thread, so no run can end
 * meanwhile; but a pending one may be claimed, which is why the pending ones come first.
 */
export async function cancelLiveRuns(
  manager: EntityManager,
  { thread_id, run_ids }: { thread_id: string; run_ids?: readonly string[] },
  action: CancelAction,
  observer: RunEndObserver,
): Promise<Cancellation> {
  const chosen = { thread_id, ...(run_ids && { run_id: In(run_ids) }) };
  const live = await liveRuns(manager, { ...chosen, status: In(['pending', 'running']) });
  if (live.length === 0) return { action, ended: [], stopping: [], endsThread: false };
  await endPending(manager, { ...chosen, status: 'pending' }, action);
  const running: FindOptionsWhere<Run> = { ...chosen, status: 'running' };
  const overruled = action === 'rollback' ? running : { ...running, cancel_action: IsNull() };
  await manager.update(Run, overruled, { cancel_action: action });
  const stopping = new Set((await liveRuns(manager, running)).map(({ run_id }) => run_id));
  const ended = live.filter(({ run_id }) => !stopping.has(run_id));
  if (action === 'interrupt') await tellEnds(manager, ended, observer);
  const followed = ended.filter(({ outcome_for }) => outcome_for !== null);
  if (followed.length > 0) await recordEnds(manager, idsOf(followed), cancelledOutcome(action));
  return {
    action,
    ended: idsOf(ended),
    stopping: [...stopping],
    endsThread: ended.some(({ temporary }) => temporary),
  };
}

async function endPending(
  manager: EntityManager,
  pending: FindOptionsWhere<Run>,
  action: CancelAction,
): Promise<void> {
  if (action === 'rollback') {
    await manager.delete(Run, pending);
    return;
  }
  const now = new Date();
  await manager.update(Run, pending, rowOf<Run>({ status: 'interrupted', ended_at: now, updated_at: now }));
}

/** Of those that asked for it, which are few, and none most often. */
async function tellEnds(
  manager: EntityManager,
  ended: readonly Pick<Run, 'run_id'>[],
  observer: RunEndObserver,
): Promise<void> {
  if (ended.length === 0) return;
  const asking = Raw((kwargs) => `${kwargs} ->> 'webhook' IS NOT NULL`);
  const where = { run_id: In(ended.map(({ run_id }) => run_id)), kwargs: asking };
  for (const run of await manager.find(Run, { where }))
    await observer.record(manager, { run, values: await valuesOf(manager, run) });
}

async function valuesOf(manager: EntityManager, { thread_id }: Run): Promise<JsonValue> {
  const thread = await manager.findOne(Thread, { where: { thread_id }, select: { values: true } });
  // Written from JSON, by whoever records the state of a thread.
  return (thread?.values ?? null) as JsonValue;
}

function liveRuns(manager: EntityManager, where: FindOptionsWhere<Run>): Promise<FoundRun[]> {
  return manager.find(Run, { where, select: { run_id: true, temporary: true, outcome_for: true } });
}

function idsOf(runs: readonly FoundRun[]): string[] {
  return runs.map(({ run_id }) => run_id);
}
