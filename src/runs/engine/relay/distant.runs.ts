import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import { runAsSystem } from '../../../on-auth/authorization.context.js';
import { Run } from '../../run.entity.js';
import { ATTEMPT_GAP } from '../events/recorder.factory.js';
import type { LiveRun } from '../live.run.js';
import { LiveRuns } from '../live.runs.js';
import { OnDemandWork } from '../on-demand.work.js';
import type { RunOutcome } from '../run.engine.js';
import { GONE, recordedOutcome } from '../run.outcome.js';
import { RunWorker } from '../worker/run.worker.js';
import { isRelayed } from './followers.js';
import { RELAY_PAGE, RelayStore, type EventSource, type FoundEvent } from './relay.store.js';

type KnownRun = Pick<Run, 'run_id' | 'status' | 'resumable' | 'temporary'>;

/** Characters of JSON that a log takes before its readers have a turn. */
const AT_ONCE = 1_000_000;

const LIVE: ReadonlySet<string> = new Set(['pending', 'running']);

/**
 * Runs that somebody here follows and another process executes: fills their logs with what that process leaves in the tables, and
 * ends them when they have ended there. Readers of such a log have been let in by their scope, as those of a log of this process.
 * However many runs there are, one statement looks after all of them.
 */
@Injectable()
export class DistantRuns {
  private readonly logger = new Logger(DistantRuns.name);
  private readonly work = new OnDemandWork(() => this.lookAtAsked());
  private readonly asked = new Set<string>();
  /** Of these it is enough to read the events. */
  private readonly eventful = new Set<string>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly liveRuns: LiveRuns,
    private readonly worker: RunWorker,
    private readonly store: RelayStore,
  ) {}

  /** A run turns out to be executed elsewhere. */
  begin(live: LiveRun, { resumable, temporary }: Pick<Run, 'resumable' | 'temporary'>): void {
    live.isDistant = true;
    live.resumable = resumable;
    live.isRelayed = isRelayed({ resumable, temporary });
  }

  /** Looks how a run is doing, if anybody here follows it and it is not executed here. */
  ask(runId: string): Promise<void> {
    if (!this.isDistant(runId)) return Promise.resolve();
    this.asked.add(runId);
    return this.work.ask();
  }

  /** The same where only events are to be expected. */
  askForEvents(runId: string): void {
    if (!this.isDistant(runId)) return;
    this.eventful.add(runId);
    void this.work.ask();
  }

  /** How all of them are doing, whatever signals have told. */
  askAll(): Promise<void> {
    for (const { runId } of this.liveRuns.all()) if (this.isDistant(runId)) this.asked.add(runId);
    return this.asked.size > 0 ? this.work.ask() : Promise.resolve();
  }

  private isDistant(runId: string): boolean {
    return this.liveRuns.get(runId) !== undefined && !this.worker.isExecuting(runId);
  }

  /** Never rejects. */
  private async lookAtAsked(): Promise<void> {
    const asked = takeAll(this.asked);
    const eventful = takeAll(this.eventful);
    try {
      const ended = asked.length > 0 ? await this.findEnded(asked) : new Map<string, RunOutcome>();
      await this.readEvents(new Set([...asked, ...eventful]));
      for (const [runId, outcome] of ended) if (this.isDistant(runId)) this.liveRuns.end(runId, outcome);
    } catch (error) {
      // The next heartbeat looks again.
      this.logger.warn(
        `Runs elsewhere cannot be seen: ${error instanceof Error ? error.name : typeof error}`,
      );
    }
  }

  /** Which of them have ended, and how: as was told when they did, or else as the tables have it. */
  private async findEnded(runIds: readonly string[]): Promise<Map<string, RunOutcome>> {
    const found = new Map((await this.find(runIds)).map((run) => [run.run_id, run]));
    for (const [runId, run] of found) this.know(runId, run);
    const over = runIds.filter((runId) => !LIVE.has(found.get(runId)?.status ?? ''));
    if (over.length === 0) return new Map();
    const told = await this.store.ends(over);
    const untold = over.filter((runId) => !told.has(runId));
    const recorded = untold.length > 0 ? await this.recorded(untold) : new Map<string, RunOutcome>();
    return new Map([...told, ...recorded]);
  }

  /** A run that is not there has been, or is yet to come. Which one is known beforehand: it may come while the tables are read. */
  private async recorded(runIds: readonly string[]): Promise<Map<string, RunOutcome>> {
    const outcomes = new Map<string, RunOutcome>();
    for (const runId of runIds) if (this.liveRuns.get(runId)?.known) outcomes.set(runId, GONE);
    const runs = await runAsSystem('look how runs have ended elsewhere', () =>
      this.dataSource.manager.find(Run, { where: { run_id: In(runIds) }, relations: { thread: true } }),
    );
    for (const run of runs) {
      const outcome = recordedOutcome(run);
      if (outcome) outcomes.set(run.run_id, outcome);
      else outcomes.delete(run.run_id);
    }
    return outcomes;
  }

  private async readEvents(runIds: ReadonlySet<string>): Promise<void> {
    const followed = [...runIds].flatMap((runId) => {
      const live = this.liveRuns.get(runId);
      return live?.interest === 'events' && this.isDistant(runId) ? [live] : [];
    });
    await this.readFrom(
      'relayed_event',
      followed.filter((live) => live.isRelayed),
    );
    await this.readFrom(
      'run_event',
      followed.filter((live) => !live.isRelayed),
    );
  }

  /** Page by page, until there is no more of any of them. */
  private async readFrom(source: EventSource, followed: readonly LiveRun[]): Promise<void> {
    for (let more = followed; more.length > 0;) {
      const wanted = more.map(({ runId, log }) => ({ run_id: runId, from: log.nextId }));
      const pages = byRun(await this.store.pages(source, wanted));
      for (const live of more) await this.append(live, pages.get(live.runId) ?? []);
      more = more.filter(({ runId }) => (pages.get(runId)?.length ?? 0) >= RELAY_PAGE);
    }
  }

  /** Readers get to what came before they lose it to what comes next. */
  private async append(live: LiveRun, found: readonly FoundEvent[]): Promise<void> {
    let length = 0;
    for (const { event, saidBefore } of found) {
      // Meanwhile this process may have begun to execute the run.
      if (event.id < live.log.nextId || this.worker.isExecuting(live.runId)) continue;
      if (saidBefore) live.liveFrom = event.id + 1;
      if (event.id > live.log.nextId) skipTo(live, event.id);
      live.log.append([event]);
      length += event.json.length;
      if (length < AT_ONCE) continue;
      length = 0;
      await nextTurn();
    }
  }

  private find(runIds: readonly string[]): Promise<KnownRun[]> {
    const select = { run_id: true, status: true, resumable: true, temporary: true } as const;
    return runAsSystem('look at runs that are executed elsewhere', () =>
      this.dataSource.manager.find(Run, { where: { run_id: In(runIds) }, select }),
    );
  }

  private know(runId: string, run: KnownRun): void {
    const live = this.liveRuns.get(runId);
    if (!live) return;
    live.known = true;
    this.begin(live, run);
  }
}

/** A new attempt begins at an id of its own; any other gap is one of events that were dropped before they could be relayed. */
function skipTo({ log }: LiveRun, id: number): void {
  if (id % ATTEMPT_GAP !== 0) log.loseUntil(id);
  else if (log.nextId === 0) log.startAt(id);
}

function byRun(found: readonly FoundEvent[]): Map<string, FoundEvent[]> {
  const runs = new Map<string, FoundEvent[]>();
  for (const event of found) {
    const events = runs.get(event.runId);
    if (events) events.push(event);
    else runs.set(event.runId, [event]);
  }
  return runs;
}

function takeAll(set: Set<string>): string[] {
  const all = [...set];
  set.clear();
  return all;
}
