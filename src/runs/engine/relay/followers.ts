import type { Follower, Run } from '../../run.entity.js';

/** Who follows a run: see `RunFollowers`. */
export type Followers = Pick<Run, 'outcome_for' | 'events_for'>;

export const SEVERAL: Follower = '*';

/** Whether anybody follows whom the process with this id has to tell. */
export function isElsewhere(follower: Follower | null | undefined, processId: string): boolean {
  return follower !== null && follower !== undefined && follower !== processId;
}

/** Who follows when both of these do. */
export function together(one: Follower | null, other: Follower | null): Follower | null {
  if (one === null || other === null) return one ?? other;
  return one === other ? one : SEVERAL;
}

/** Where those who follow a run elsewhere find its events: in the relay, unless they are stored anyway and stay. */
export function isRelayed({ resumable, temporary }: Pick<Run, 'resumable' | 'temporary'>): boolean {
  return !resumable || temporary;
}
