import type { Run } from './run.entity.js';

type RunPath = Pick<Run, 'thread_id' | 'run_id'>;

/** What clients read the ids of a new run from: nothing may follow the run's id. */
export function contentLocation({ run_id, thread_id }: { run_id: string; thread_id?: string }): string {
  return thread_id === undefined ? `/runs/${run_id}` : `/threads/${thread_id}/runs/${run_id}`;
}

/** Where a client takes up a stream again that broke off. */
export function streamLocation({ thread_id, run_id }: RunPath, streamModes: readonly string[]): string {
  const query = streamModes.map((mode) => `stream_mode=${encodeURIComponent(mode)}`).join('&');
  return `/threads/${thread_id}/runs/${run_id}/stream${query && `?${query}`}`;
}

/** Where a client goes on waiting. */
export function joinLocation({ thread_id, run_id }: RunPath): string {
  return `/threads/${thread_id}/runs/${run_id}/join`;
}
