import type { GraphEvent } from '../../../graphs/execution/run.request.js';
import type { ThreadSummary } from '../../../graphs/execution/thread.state.js';

const INTERRUPT = '__interrupt__';

/**
 * Sees from a run's own events what state it leaves, so that it need not be read back: the last `values` of the root graph, when
 * nothing paused. A run that was not asked for `values`, or that paused, has to be looked up.
 */
export class StateWitness {
  private values: GraphEvent['data'] | undefined;
  private hasPaused = false;

  see({ event, data }: GraphEvent): void {
    if (event !== 'values' && event !== 'updates') return;
    if (typeof data === 'object' && data !== null && INTERRUPT in data) this.hasPaused = true;
    else if (event === 'values') this.values = data;
  }

  /** Once the graph has come to its end by itself; `undefined` where only the checkpoints tell. */
  summary(): ThreadSummary | undefined {
    if (this.hasPaused || this.values === undefined) return undefined;
    return { values: this.values, interrupts: {}, next: [], error: null };
  }
}
