import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { runAsSystem } from '../../../on-auth/authorization.context.js';
import type { Thread } from '../../../threads/thread.entity.js';
import type { Run } from '../../run.entity.js';
import type { LiveRun, RunInterest } from '../live.run.js';
import { LiveRuns } from '../live.runs.js';
import { isPostgres, rowsOf } from '../queue/run.sql.js';
import { RUN_ENGINE_OPTIONS, type RunEngineOptions } from '../run-engine.options.js';
import { RunSignals } from '../run.signals.js';
import { DistantRuns } from './distant.runs.js';
import { isRelayed, SEVERAL, together, type Followers } from './followers.js';
import { followSql } from './relay.statements.js';
import { RelayStore } from './relay.store.js';

/** What is known of a run when somebody begins to follow it. */
export type FollowableRun = Pick<
  Run,
  'run_id' | 'status' | 'worker_id' | 'resumable' | 'temporary' | 'outcome_for' | 'events_for'
>;

export type ThreadFollowers = Pick<Thread, 'followed_by' | 'followed_until'>;

/**
 * Says in the tables who follows which run, so that whoever executes it knows whether others have to hear of it. A run that is
 * executed by the one process that follows it costs nothing.
 */
@Injectable()
export class RunFollowers {
  private readonly isShared: boolean;
  private readonly processId: string;

  constructor(
    private readonly dataSource: DataSource,
    private readonly liveRuns: LiveRuns,
    private readonly distantRuns: DistantRuns,
    private readonly store: RelayStore,
    private readonly signals: RunSignals,
    @Inject(RUN_ENGINE_OPTIONS) { workerId }: RunEngineOptions,
  ) {
    this.isShared = isPostgres(dataSource);
    this.processId = workerId;
  }

  /**
   * What the row of a run says that is about to be queued: whether the request that queues it follows it, and whether its thread is
   * streamed. Where it `startsHere`, only others have to be named.
   */
  of(
    runId: string,
    startsHere: boolean,
    { followed_by, followed_until }: ThreadFollowers,
  ): Partial<Followers> {
    if (!this.isShared) return {};
    const streaming = followed_until && followed_until.getTime() > Date.now() ? followed_by : null;
    const interest = startsHere ? undefined : this.liveRuns.get(runId)?.interest;
    const asking = interest ? this.processId : null;
    return {
      outcome_for: together(streaming, asking),
      events_for: together(streaming, interest === 'events' ? asking : null),
    };
  }

  /**
   * Follows a live run, which the caller has found in its scope. Nothing has to be done where it is executed here.
   *
   * @returns the id from which on events are new, where that is asked for and the log of this process does not know
   */
  async join(live: LiveRun, run: FollowableRun, interest: RunInterest, onlyNew = false): Promise<number> {
    if (interest === 'events') live.interest = interest;
    if (!this.isShared || (run.status === 'running' && run.worker_id === this.processId)) return 0;
    this.distantRuns.begin(live, run);
    const newFrom = onlyNew || !isRelayed(run) ? await this.firstNew(live, run) : 0;
    await this.announce(run, interest);
    void this.distantRuns.ask(run.run_id);
    return newFrom;
  }

  /** Readers find what was stored before in the table, each in its scope; the log begins with what comes now. */
  private async firstNew({ log }: LiveRun, run: FollowableRun): Promise<number> {
    const isStored = !isRelayed(run);
    const next = await this.store.nextId(isStored ? 'run_event' : 'relayed_event', run.run_id);
    if (isStored && log.nextId < next) log.startAt(next);
    return Math.max(next, log.nextId);
  }

  private async announce(
    { run_id, outcome_for, events_for }: FollowableRun,
    interest: RunInterest,
  ): Promise<void> {
    const named = interest === 'events' ? events_for : outcome_for;
    if (named === this.processId || named === SEVERAL) return;
    const parameters = [run_id, this.processId, interest === 'events'];
    const [row] = await runAsSystem('say who follows a run', () =>
      rowsOf<Pick<Run, 'status'>>(this.dataSource.manager, followSql, parameters),
    );
    if (row?.status === 'running') this.signals.publish({ kind: 'followed', runId: run_id });
  }
}
