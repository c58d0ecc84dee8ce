import type { GraphEvent } from '../../../graphs/execution/run.request.js';
import type { JsonValue } from '../../../graphs/execution/serialize.js';

/** An event with its place among the checkpoints of the root graph. */
export interface PlacedEvent {
  readonly event: GraphEvent;
  /** The step of the root's last checkpoint; null before the first one. */
  readonly step: number | null;
}

/**
 * Tells which step of the graph an event belongs to, from the stream itself: LangGraph announces each of the root's checkpoints
 * right after the values that it holds and before the tasks that come next. A run that is continued announces the checkpoint
 * that it continues from first.
 */
export class StepTracker {
  private step: number | null = null;

  /** @param shown whether the client asked for `checkpoints`, or they are here for the tracker only */
  constructor(private readonly shown: boolean) {}

  /** The event in its place, or nothing where it is not to be shown. The announcement itself belongs to the step before it. */
  place(event: GraphEvent): PlacedEvent | undefined {
    if (event.event !== 'checkpoints') return { event, step: this.step };
    const before = this.step;
    this.step = stepOf(event.data) ?? before;
    return this.shown ? { event, step: before } : undefined;
  }

  get current(): number | null {
    return this.step;
  }
}

function stepOf(data: JsonValue): number | undefined {
  const metadata = isObject(data) ? data.metadata : undefined;
  const step = isObject(metadata) ? metadata.step : undefined;
  return typeof step === 'number' ? step : undefined;
}

function isObject(value: JsonValue | undefined): value is Record<string, JsonValue> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
