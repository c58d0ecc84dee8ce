import type { Durability, InterruptPoints, RunCommand, StreamMode } from '../graphs/execution/run.request.js';
import type { GraphConfig } from '../graphs/graph.js';

/** What a graph is run with, as handlers see it, as it is stored with the run, and as the contract's section 1.9 names it. */
export interface RunKwargs {
  /** `null` continues from the last checkpoint. */
  readonly input: unknown;
  readonly command?: RunCommand;
  readonly config: GraphConfig & { readonly configurable: Readonly<Record<string, unknown>> };
  readonly context?: Readonly<Record<string, unknown>>;
  readonly stream_mode: readonly StreamMode[];
  readonly interrupt_before?: InterruptPoints;
  readonly interrupt_after?: InterruptPoints;
  readonly webhook?: string;
  readonly feedback_keys?: readonly string[];
  /** The thread goes when the run has ended. */
  readonly temporary: boolean;
  readonly subgraphs: boolean;
  readonly resumable: boolean;
  readonly durability?: Durability;
}
