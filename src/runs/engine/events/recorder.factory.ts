import { Injectable } from '@nestjs/common';
import type { Run } from '../../run.entity.js';
import type { LiveRun } from '../live.run.js';
import { leaseOf } from '../queue/lease.js';
import { ContinuedRecorder } from './continued.recorder.js';
import { MemoryRecorder, type EventRecorder } from './event.recorder.js';
import { RunEventStore } from './run-event.store.js';
import { StoredRecorder } from './stored.recorder.js';

/** Ids of a later attempt of a run whose earlier events are forgotten start at a multiple of this. */
export const ATTEMPT_GAP = 1_000_000_000;

/** Opens the stream of a run that is about to be executed. */
@Injectable()
export class RecorderFactory {
  constructor(private readonly store: RunEventStore) {}

  async create(run: Run, live: LiveRun): Promise<EventRecorder> {
    const { log } = live;
    if (!run.resumable) return new MemoryRecorder(live, firstIdOf(run, live));
    live.resumable = true;
    if (run.attempt === 1) return new StoredRecorder(leaseOf(run), this.store, log, 0);
    const nextId = await this.store.nextId(run.run_id);
    if (log.nextId !== nextId) log.startAt(nextId);
    const recorder = new StoredRecorder(leaseOf(run), this.store, log, nextId);
    return new ContinuedRecorder(recorder, (step) => this.store.since(run.run_id, step));
  }
}

/** What this process has only heard from another one may not be all that was said there: then the next attempt has its own ids. */
function firstIdOf({ attempt }: Run, live: LiveRun): number {
  const { log } = live;
  const first = (attempt - 1) * ATTEMPT_GAP;
  if (log.nextId === 0) log.startAt(first);
  const next = live.isDistant ? Math.max(first, log.nextId) : log.nextId;
  live.isDistant = false;
  return next;
}
