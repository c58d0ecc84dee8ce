import type { JsonObject, JsonValue } from '../../../graphs/execution/serialize.js';
import type { StoredEvent } from './run-event.entity.js';

/**
 * Knows what an earlier attempt has recorded since the checkpoint that a run is continued from. What is executed again says most
 * of it again; an event that says the same in the same step, as often as it was said before, is a repetition.
 */
export class RepetitionFilter {
  private readonly recorded = new Map<string, number>();

  /** @param beforeFirst the step that events before the first checkpoint count as */
  constructor(events: readonly StoredEvent[], beforeFirst: number) {
    for (const { event, data, step } of events) {
      const key = keyOf(step ?? beforeFirst, event, JSON.parse(data) as JsonValue);
      this.recorded.set(key, (this.recorded.get(key) ?? 0) + 1);
    }
  }

  /** Each recorded event excuses one repetition. */
  isRepetition(step: number, event: string, data: JsonValue): boolean {
    const key = keyOf(step, event, data);
    const left = this.recorded.get(key) ?? 0;
    if (left > 0) this.recorded.set(key, left - 1);
    return left > 0;
  }
}

/** A state that went through the checkpointer may have its keys in another order. */
function keyOf(step: number, event: string, data: JsonValue): string {
  return JSON.stringify([step, event, withoutNote(data)], (_key, value: JsonValue) =>
    isObject(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  );
}

/** LangGraph notes with the update of a node that it did not have to execute again. */
function withoutNote(data: JsonValue): JsonValue {
  if (!isObject(data) || !('__metadata__' in data)) return data;
  const { __metadata__: _, ...update } = data;
  return update;
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
