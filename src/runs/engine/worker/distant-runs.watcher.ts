import { Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import { runAsSystem } from '../../../on-auth/authorization.context.js';
import { Run } from '../../run.entity.js';
import { RunEventStore } from '../events/run-event.store.js';
import type { LiveRun } from '../live.run.js';
import { LiveRuns } from '../live.runs.js';
import { GONE, recordedOutcome } from '../run.outcome.js';
import { RunWorker } from './run.worker.js';

/**
 * Looks into the tables for those who follow runs that are executed elsewhere, and for whatever a signal should have told and did
 * not: which of them have ended, and how far the events of the resumable ones have come.
 */
@Injectable()
export class DistantRunsWatcher {
  constructor(
    private readonly dataSource: DataSource,
    private readonly liveRuns: LiveRuns,
    private readonly worker: RunWorker,
    private readonly events: RunEventStore,
  ) {}

  async look(): Promise<void> {
    const here = new Set(this.worker.tasks.map(({ run }) => run.run_id));
    const distant = this.liveRuns.all().filter(({ runId }) => !here.has(runId));
    if (distant.length === 0) return;
    const runs = new Map((await this.find(distant)).map((run) => [run.run_id, run]));
    for (const live of distant) await this.update(live, runs.get(live.runId));
  }

  private find(distant: readonly LiveRun[]): Promise<Run[]> {
    const where = { run_id: In(distant.map(({ runId }) => runId)) };
    return runAsSystem('look at runs that are executed elsewhere', () =>
      this.dataSource.manager.find(Run, { where, relations: { thread: true } }),
    );
  }

  private async update(live: LiveRun, run: Run | undefined): Promise<void> {
    if (run?.resumable) await this.pointToTable(live);
    const outcome = run ? recordedOutcome(run) : GONE;
    if (outcome && (run || live.known)) this.liveRuns.end(live.runId, outcome);
  }

  private async pointToTable(live: LiveRun): Promise<void> {
    const nextId = await this.events.nextId(live.runId);
    live.resumable = true;
    if (nextId > live.log.nextId) live.log.startAt(nextId);
  }
}
