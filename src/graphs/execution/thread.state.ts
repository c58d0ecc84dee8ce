import type { JsonObject, JsonValue } from './serialize.js';

/** Where a state stands: a checkpoint of a thread, in the namespace of the root graph (`''`) or of a subgraph. */
export interface CheckpointAddress {
  thread_id: string;
  checkpoint_ns: string;
  checkpoint_id: string | null;
  checkpoint_map: JsonValue;
}

export interface ThreadInterrupt {
  id?: string;
  value: JsonValue;
}

export interface ThreadTask {
  id: string;
  name: string;
  path?: JsonValue;
  error: string | null;
  interrupts: ThreadInterrupt[];
  checkpoint: CheckpointAddress | null;
  state: ThreadState | null;
  result: JsonValue;
}

/** The state of a thread as the contract shows it, section 2.2. */
export interface ThreadState {
  values: JsonValue;
  next: string[];
  tasks: ThreadTask[];
  metadata?: JsonObject;
  created_at: string | null;
  checkpoint: CheckpointAddress | null;
  parent_checkpoint: CheckpointAddress | null;
  interrupts?: ThreadInterrupt[];
}

/** The state of a thread on which nothing ran yet. */
export const EMPTY_THREAD_STATE: Readonly<ThreadState> = Object.freeze({
  values: {},
  next: [],
  tasks: [],
  created_at: null,
  checkpoint: null,
  parent_checkpoint: null,
});

/** What the row of a thread repeats of its last checkpoint (contract 3.5 and 5.28): of the root graph only. */
export interface ThreadSummary {
  values: JsonValue;
  /** By the id of the task that waits. Empty where nothing waits. */
  interrupts: Record<string, ThreadInterrupt[]>;
  next: string[];
  error: string | null;
}
