import { IsBoolean, IsOptional } from 'class-validator';
import { STREAM_MODES, type StreamMode } from '../../graphs/execution/run.request.js';
import { flag, list } from '../../http/query.parsers.js';
import { routeInput } from '../../http/route.input.js';
import { IsId, IsListOf } from '../../http/validation.js';
import type { ThreadsReadValue } from '../../threads/threads.events.js';

/** A route that names one run by its id alone. */
export class RunId {
  @IsId() run_id!: string;
}

/** A route that names one run of one thread. */
export class ThreadRunId extends RunId {
  @IsId() thread_id!: string;
}

const IDS = { run_id: 'path' } as const;
const THREAD_IDS = { thread_id: 'path', ...IDS } as const;
/** A stream has begun when it is found that there is no such run. The position in it is a number of that run's own. */
const STREAM_IDS = {
  run_id: { in: 'path', refusal: 'stream error' },
  last_event_id: { in: 'header', resource: 'none', refusal: 'ignored' },
} as const;
const THREAD_STREAM_IDS = { thread_id: STREAM_IDS.run_id, ...STREAM_IDS } as const;

export const readRun = routeInput('threads:read', {
  type: ThreadRunId,
  ids: THREAD_IDS,
  value: ({ thread_id, run_id }) => ({ thread_id, run_id }),
});

export const deleteRun = routeInput('threads:delete', {
  type: ThreadRunId,
  ids: THREAD_IDS,
  value: ({ thread_id, run_id }) => ({ thread_id, run_id }),
});

/** A route without a thread in its path: handlers are asked before the run, and so its thread, is found. */
export function valueOfUnknownThread({ run_id }: RunId): ThreadsReadValue {
  return { run_id };
}

/** Waiting for the end of a run that is there already. */
export class JoinRun extends RunId {
  @IsBoolean({ message: '$property must be true or false' }) cancel_on_disconnect = false;

  get cancelsOnDisconnect(): boolean {
    return this.cancel_on_disconnect;
  }
}

export class JoinThreadRun extends JoinRun {
  @IsId() thread_id!: string;
}

export const joinThreadRun = routeInput('threads:read', {
  type: JoinThreadRun,
  ids: THREAD_IDS,
  query: { cancel_on_disconnect: flag },
  value: ({ thread_id, run_id }) => ({ thread_id, run_id }),
});

export const joinRun = routeInput('threads:read', {
  type: JoinRun,
  ids: IDS,
  query: { cancel_on_disconnect: flag },
  value: valueOfUnknownThread,
});

/** Reading the events of a run that is there already. */
export class StreamRun extends JoinRun {
  /** Leaves out the events of other modes. Everything, unless given. */
  @IsOptional() @IsListOf(STREAM_MODES) stream_mode?: StreamMode[];
  @IsOptional() last_event_id?: unknown;

  get streamModes(): readonly StreamMode[] {
    return this.stream_mode ?? [];
  }

  get position(): StreamPosition {
    return positionOf(this.last_event_id);
  }
}

export class StreamThreadRun extends StreamRun {
  @IsId() thread_id!: string;
}

export const streamThreadRun = routeInput('threads:read', {
  type: StreamThreadRun,
  ids: THREAD_STREAM_IDS,
  query: { cancel_on_disconnect: flag, stream_mode: list },
  headers: { last_event_id: 'last-event-id' },
  value: ({ thread_id, run_id }) => ({ thread_id, run_id }),
});

export const streamRun = routeInput('threads:read', {
  type: StreamRun,
  ids: STREAM_IDS,
  query: { cancel_on_disconnect: flag, stream_mode: list },
  headers: { last_event_id: 'last-event-id' },
  value: valueOfUnknownThread,
});

/** Where in a run's events a reader begins: after one, at the first, or with what happens from now on. */
export type StreamPosition = { readonly after: number } | { readonly live: boolean };

function positionOf(lastEventId: unknown): StreamPosition {
  if (lastEventId === '-1' || lastEventId === '-') return { live: false };
  // Safe integers only; an id that was never given out has nothing after it, or stands for nothing.
  if (typeof lastEventId === 'string' && /^\d{1,15}$/.test(lastEventId))
    return { after: Number(lastEventId) };
  return { live: true };
}
