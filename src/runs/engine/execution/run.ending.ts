import type { UnsavedState } from '../../../graphs/checkpointer/unsaved.state.js';
import type { ErrorPayload } from '../../../graphs/execution/error.payload.js';
import type { ThreadSummary } from '../../../graphs/execution/thread.state.js';

/** How a run came to its end. `summary` is what the thread's state is then; null where it could not be read. */
export type RunEnding =
  | {
      readonly kind: 'ended';
      readonly status: 'success' | 'error' | 'timeout' | 'interrupted';
      readonly error: ErrorPayload | null;
      readonly summary: ThreadSummary | null;
      /** What is to be saved with it. */
      readonly unsaved?: UnsavedState;
    }
  | { readonly kind: 'rolled back'; readonly summary: ThreadSummary | null };
