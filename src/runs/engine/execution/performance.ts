import type { UnsavedState } from '../../../graphs/checkpointer/unsaved.state.js';
import type { ErrorPayload } from '../../../graphs/execution/error.payload.js';
import type { ThreadSummary } from '../../../graphs/execution/thread.state.js';
import type { StopReason } from './run.stop.js';

/** How a graph left off: by itself, or because its run was stopped. */
export type Performance =
  | {
      readonly kind: 'finished';
      /** The state that the graph left, where its events told it. */
      readonly summary?: ThreadSummary;
      /** What is still to be saved of it. */
      readonly unsaved?: UnsavedState;
    }
  | { readonly kind: 'failed'; readonly error: ErrorPayload }
  | StopReason;

const TIMEOUT: ErrorPayload = {
  error: 'TimeoutError',
  message: 'The run took longer than the server allows',
};

/** What is told of it in the stream's `error` event, and recorded with the run; null where nothing went wrong. */
export function errorOf(performance: Performance): ErrorPayload | null {
  if (performance.kind === 'failed') return performance.error;
  return performance.kind === 'timeout' ? TIMEOUT : null;
}
