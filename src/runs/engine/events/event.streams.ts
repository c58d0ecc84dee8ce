import type { LiveRun } from '../live.run.js';
import type { RunEvent } from '../run.engine.js';
import { EventsLostError } from '../run.errors.js';

/** Reads some of a run's events from the table, from an id on; none when there are no more. */
export type ReadPage = (runId: string, from: number) => Promise<readonly RunEvent[]>;

export interface Reading {
  /** The first id that is wanted. */
  readonly from: number;
  readonly readPage: ReadPage;
  readonly signal: AbortSignal;
  /** Whether only what is said from now on is wanted. */
  readonly onlyNew?: boolean;
}

/**
 * Events as long as the run is live here, and to its end. What memory no longer holds comes from the table.
 * @throws EventsLostError when it is not there either
 */
export async function* followEvents(
  live: LiveRun,
  { from, readPage, signal, onlyNew = false }: Reading,
): AsyncGenerator<RunEvent> {
  const { log } = live;
  for (let next = from; !signal.aborted;) {
    if (!live.resumable) next = Math.max(next, log.startId);
    if (onlyNew) next = Math.max(next, live.liveFrom);
    const held = log.from(next);
    if (!held && !live.resumable) throw new EventsLostError(live.runId);
    const events = held ?? (await readPage(live.runId, next));
    for (const event of events) {
      if (signal.aborted) return;
      yield event;
      next = event.id + 1;
    }
    if (events.length > 0) continue;
    // In the table, but not for this reader.
    if (!held || log.isClosed) return;
    await log.changed(signal);
  }
}

/** Events of a run that has ended. */
export async function* replayEvents(
  runId: string,
  { from, readPage, signal }: Reading,
): AsyncGenerator<RunEvent> {
  for (let next = from; !signal.aborted;) {
    const events = await readPage(runId, next);
    yield* events;
    const last = events.at(-1);
    if (!last) return;
    next = last.id + 1;
  }
}
