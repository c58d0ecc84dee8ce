import type { JsonObject } from '../http/json.js';
import type { MultitaskStrategy } from './run.entity.js';
import type { RunKwargs } from './run.kwargs.js';

/** The value of `threads:create_run`. Of all that a handler may change in it, only `metadata` is taken over. */
export interface ThreadsCreateRunValue {
  /** Absent for a run that gets a thread of its own. */
  readonly thread_id?: string;
  readonly assistant_id: string;
  readonly run_id: string;
  readonly status: 'pending';
  metadata: JsonObject;
  /** Whether a busy thread refuses the run. */
  readonly prevent_insert_if_inflight: boolean;
  readonly multitask_strategy: MultitaskStrategy;
  readonly if_not_exists: 'create' | 'reject';
  readonly after_seconds: number;
  readonly kwargs: RunKwargs;
}

declare module '../on-auth/event.js' {
  interface AuthEventMap {
    'threads:create_run': ThreadsCreateRunValue;
  }
}

/** The assistant of a new run is decided about for itself. */
export const AUTHORIZES_ASSISTANT = { further: ['assistants:read'] } as const;
/** So is a cancellation, for those whom only the run's id or its stream has led there. */
export const MAY_CANCEL = { further: ['threads:update'] } as const;
