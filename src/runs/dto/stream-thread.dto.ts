import { IsOptional } from 'class-validator';
import { list } from '../../http/query.parsers.js';
import { routeInput } from '../../http/route.input.js';
import { IsId, IsListOf } from '../../http/validation.js';

export const THREAD_STREAM_MODES = ['run_modes', 'lifecycle', 'state_update'] as const;
export type ThreadStreamMode = (typeof THREAD_STREAM_MODES)[number];

/** Where a reader of a thread begins: with what happens from now on, or behind a place in one of its runs. */
export type ThreadStreamStart = 'now' | ThreadStreamPlace;

export interface ThreadStreamPlace {
  /** The position of a run on its thread. */
  readonly run: number;
  /** How many of the run's events the reader has; `Infinity` when it has seen its end. */
  readonly seen: number;
}

const PLACE = /^(\d{1,15})-(\d{1,15}|end)$/;

/** The query of `GET /threads/{thread_id}/stream`. Both spellings of the modes are in use. */
export class StreamThread {
  @IsId() thread_id!: string;
  @IsOptional() @IsListOf(THREAD_STREAM_MODES) stream_modes?: ThreadStreamMode[];
  @IsOptional() @IsListOf(THREAD_STREAM_MODES) stream_mode?: ThreadStreamMode[];
  @IsOptional() last_event_id?: unknown;

  get modes(): ReadonlySet<ThreadStreamMode> {
    return new Set(this.stream_modes ?? this.stream_mode ?? ['run_modes']);
  }

  /** `-` is the beginning; an id that was never given out begins with what happens from now on. */
  get start(): ThreadStreamStart {
    if (this.last_event_id === '-' || this.last_event_id === '-1') return { run: -1, seen: Infinity };
    const [, run, seen] = PLACE.exec(String(this.last_event_id)) ?? [];
    return run === undefined ? 'now' : { run: Number(run), seen: seen === 'end' ? Infinity : Number(seen) };
  }
}

export const streamThread = routeInput('threads:read', {
  type: StreamThread,
  ids: { thread_id: 'path', last_event_id: { in: 'header', resource: 'none', refusal: 'ignored' } },
  query: { stream_modes: list, stream_mode: list },
  headers: { last_event_id: 'last-event-id' },
  value: ({ thread_id }) => ({ thread_id }),
});
