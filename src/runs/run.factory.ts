import type { Assistant } from '../assistants/assistant.entity.js';
import type { Decision, Principal } from '../on-auth/index.js';
import type { JsonObject } from '../http/json.js';
import { withoutReserved } from '../http/reserved-metadata.js';
import type { Thread } from '../threads/thread.entity.js';

import { requestedKwargs, type CreateRun } from './dto/create-run.dto.js';
import { mergeConfigs } from './run.config.js';
import { Run } from './run.entity.js';
import type { RunKwargs } from './run.kwargs.js';

/** All that a run is made of. */
export interface RunParts {
  readonly request: CreateRun;
  readonly assistant: Assistant;
  readonly thread: Thread;
  /** The thread comes into being with the run. */
  readonly isNewThread: boolean;
  readonly principal: Principal;
  readonly decision: Decision;
}

/** The row of a run that is about to be queued. Contract 1.11, 1.12 and 3.5 say what it takes over from where. */
export function newRun(parts: RunParts): Run {
  const { request, assistant, thread, isNewThread, principal, decision } = parts;
  const now = new Date();
  const metadata = metadataOf(parts);
  const kwargs = kwargsOf(parts, metadata);
  return Object.assign(new Run(), {
    run_id: request.run_id,
    thread_id: thread.thread_id,
    assistant_id: assistant.assistant_id,
    graph_id: assistant.graph_id,
    created_at: now,
    updated_at: now,
    status: 'pending' as const,
    metadata,
    kwargs: { ...kwargs },
    multitask_strategy: request.multitask_strategy,
    principal,
    decision,
    run_after: new Date(now.getTime() + request.after_seconds * 1000),
    // Its place among the others of the thread is given by the queue.
    position: 0,
    attempt: 0,
    lease_losses: 0,
    worker_id: null,
    lease_expires_at: null,
    cancel_action: null,
    resumable: kwargs.resumable,
    temporary: kwargs.temporary,
    started_at: null,
    ended_at: null,
    error: null,
    outcome_for: null,
    events_for: null,
    ...(isNewThread ? { thread } : { readThread: thread }),
  });
}

/** Which graph and assistant ran on a thread last: part of the thread's metadata. */
export function bookkeeping({ graph_id, assistant_id }: Assistant): JsonObject {
  return { graph_id, assistant_id };
}

function metadataOf({ request, assistant, thread, isNewThread }: RunParts): JsonObject {
  const inherited = isNewThread ? {} : { ...thread.metadata, ...bookkeeping(assistant) };
  return { ...assistant.metadata, ...inherited, ...request.metadata };
}

/** Without the principal, which the run keeps apart: a worker adds it. */
function kwargsOf(parts: RunParts, metadata: JsonObject): RunKwargs {
  const { request, assistant, thread, principal } = parts;
  const requested = requestedKwargs(request);
  const config = mergeConfigs([assistant.config, thread.config], requested.config);
  return {
    ...requested,
    context: { ...assistant.context, ...requested.context },
    config: {
      ...config,
      configurable: {
        ...config.configurable,
        run_id: request.run_id,
        thread_id: thread.thread_id,
        ...bookkeeping(assistant),
        user_id: principal.identity,
      },
      metadata: { ...withoutReserved({ ...requested.config.metadata }), ...metadata },
    },
  };
}
