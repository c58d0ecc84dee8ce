import type { GraphEvent } from '../../../graphs/execution/run.request.js';
import type { EventRecorder } from './event.recorder.js';
import { RepetitionFilter } from './repetition.filter.js';
import type { StoredEvent } from './run-event.entity.js';

/**
 * For a later attempt of a resumable run: leaves out what readers have from the earlier one. Where the run is continued from is
 * known with its first checkpoint; the few events before, which repeat the state at that point, wait until then.
 */
export class ContinuedRecorder implements EventRecorder {
  private withheld: GraphEvent[] = [];
  private filter: RepetitionFilter | undefined;

  /** @param recordedSince gives what earlier attempts recorded from a step on */
  constructor(
    private readonly recorder: EventRecorder,
    private readonly recordedSince: (step: number) => Promise<StoredEvent[]>,
  ) {}

  record(event: GraphEvent, step: number | null): Promise<void> | undefined {
    if (step !== null) return this.filter ? this.pass(this.filter, event, step) : this.start(event, step);
    this.withheld.push(event);
    return undefined;
  }

  /** What is withheld repeats the point where the run is continued from, and will do so again. */
  flush(): Promise<void> {
    return this.recorder.flush();
  }

  async close(): Promise<void> {
    for (const event of this.withheld.splice(0)) await this.recorder.record(event, null);
    await this.recorder.close();
  }

  private async start(event: GraphEvent, step: number): Promise<void> {
    const before = step - 1;
    const filter = new RepetitionFilter(await this.recordedSince(before), before);
    this.filter = filter;
    for (const early of this.withheld.splice(0)) await this.pass(filter, early, before);
    await this.pass(filter, event, step);
  }

  private pass(filter: RepetitionFilter, event: GraphEvent, step: number): Promise<void> | undefined {
    if (filter.isRepetition(step, event.event, event.data)) return undefined;
    return this.recorder.record(event, step);
  }
}
