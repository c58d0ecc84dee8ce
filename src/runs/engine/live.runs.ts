import { Injectable } from '@nestjs/common';
import { LiveRun } from './live.run.js';
import type { Run } from '../run.entity.js';
import { isRelayed } from './relay/followers.js';
import type { RunOutcome } from './run.engine.js';

/** What a row tells of a run, whoever executes it. */
export type KnownRun = Pick<Run, 'run_id' | 'resumable' | 'temporary'>;

interface Entry {
  readonly run: LiveRun;
  /** Readers, and the worker while it executes the run. */
  holders: number;
}

/** The runs of which this process knows more than the table says. Each is known as long as somebody holds it. */
@Injectable()
export class LiveRuns {
  private readonly entries = new Map<string, Entry>();
  /** Those that are held beyond their end. */
  private readonly kept = new Map<string, LiveRun>();
  private stopped: Error | undefined;

  get(runId: string): LiveRun | undefined {
    return this.entries.get(runId)?.run;
  }

  all(): LiveRun[] {
    return Array.from(this.entries.values(), ({ run }) => run);
  }

  /** Holds a run until the signal aborts. */
  hold(runId: string, signal: AbortSignal): LiveRun {
    if (signal.aborted || this.stopped) return this.get(runId) ?? this.strayRun(runId);
    const entry = this.entries.get(runId) ?? this.add(runId);
    entry.holders += 1;
    signal.addEventListener('abort', () => this.letGo(entry), { once: true });
    return entry.run;
  }

  /** Holds a run until the signal aborts, beyond its end too: for who hears of a run, and has to look for it first. */
  keep(runId: string, signal: AbortSignal): void {
    this.kept.set(runId, this.hold(runId, signal));
    signal.addEventListener('abort', () => this.kept.delete(runId), { once: true });
  }

  /** A run that is kept; also one that has ended. */
  keptRun(runId: string): LiveRun | undefined {
    return this.kept.get(runId);
  }

  /** The run is in the table. */
  know(run: KnownRun): void {
    const live = this.get(run.run_id);
    if (!live) return;
    live.known = true;
    live.isRelayed = isRelayed(run);
  }

  /** The run has ended: readers get the rest of its events, and a new reader finds it in the table. */
  end(runId: string, outcome: RunOutcome): void {
    this.entries.get(runId)?.run.end(outcome);
    this.entries.delete(runId);
  }

  /** The server stops: nothing more is heard of these runs here. */
  suspendAll(error: Error): void {
    this.stopped = error;
    for (const { run } of this.entries.values()) run.suspend(error);
    this.entries.clear();
  }

  /** Of a run that nothing is heard of any more. */
  private strayRun(runId: string): LiveRun {
    const run = new LiveRun(runId);
    if (this.stopped) run.suspend(this.stopped);
    return run;
  }

  private add(runId: string): Entry {
    const entry = { run: new LiveRun(runId), holders: 0 };
    this.entries.set(runId, entry);
    return entry;
  }

  private letGo(entry: Entry): void {
    entry.holders -= 1;
    const { runId } = entry.run;
    if (entry.holders === 0 && this.entries.get(runId) === entry) this.entries.delete(runId);
  }
}
