import type { JsonValue } from '../../graphs/execution/serialize.js';
import type { CancelAction, Run } from '../run.entity.js';
import type { RunEnding } from './execution/run.ending.js';
import type { RunOutcome } from './run.engine.js';

/** Of a run that was rolled back, or went with its thread. */
export const GONE: RunOutcome = Object.freeze({ status: 'deleted', values: null, error: null });

/** Of a run that was cancelled before it began. */
export function cancelledOutcome(action: CancelAction): RunOutcome {
  return action === 'rollback' ? GONE : { status: 'interrupted', values: null, error: null };
}

/** Of a run that has just ended. */
export function outcomeOf(ending: RunEnding): RunOutcome {
  if (ending.kind === 'rolled back') return GONE;
  const { status, error, summary } = ending;
  const values = summary?.values ?? null;
  const paused = status === 'success' && summary !== null && summary.next.length > 0;
  return { status, error, values: paused ? pausedState(values, summary.interrupts) : values };
}

/** Of a run that ended some time ago, if it has: its thread still says what came of it, unless other runs followed. */
export function recordedOutcome({ status, error, thread }: Run): RunOutcome | undefined {
  if (status === 'pending' || status === 'running') return undefined;
  const paused = status === 'success' && thread.status === 'interrupted';
  // Both columns are written from JSON, by whoever records the state of a thread.
  const values = thread.values as JsonValue;
  return {
    status,
    error: error as RunOutcome['error'],
    values: paused ? pausedState(values, thread.interrupts) : values,
  };
}

/** A state that says what its graph waits for (contract 5.27). */
function pausedState(values: JsonValue, interrupts: Readonly<Record<string, readonly object[]>>): JsonValue {
  if (typeof values !== 'object' || values === null || Array.isArray(values)) return values;
  return { ...values, __interrupt__: Object.values(interrupts).flat() as JsonValue[] };
}
