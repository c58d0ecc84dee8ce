import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Run } from '../../run.entity.js';
import type { RunTask } from '../execution/run.task.js';
import type { LiveRun } from '../live.run.js';
import { RUN_ENGINE_OPTIONS, type RunEngineOptions } from '../run-engine.options.js';
import type { RunOutcome } from '../run.engine.js';
import { RunSignals } from '../run.signals.js';
import { EventRelay, type SendEvents } from './event.relay.js';
import { isElsewhere, isRelayed, type Followers } from './followers.js';
import { RelayStore } from './relay.store.js';
import { recordEnds } from './relayed.ends.js';

/** What the process that executes a run does for those who follow it elsewhere. Nothing, as long as there are none. */
@Injectable()
export class EventRelays {
  private readonly processId: string;

  constructor(
    private readonly store: RelayStore,
    private readonly signals: RunSignals,
    @Inject(RUN_ENGINE_OPTIONS) { workerId }: RunEngineOptions,
  ) {
    this.processId = workerId;
  }

  /** Called when a run begins, and again when the table may say that somebody follows it. */
  begin({ run, signal }: RunTask, live: LiveRun, { outcome_for, events_for }: Followers): void {
    if (!isElsewhere(outcome_for, this.processId)) return;
    live.isFollowedElsewhere = true;
    if (live.relay || !isElsewhere(events_for, this.processId)) return;
    // What this process has only heard of itself has been relayed by others.
    const first = live.isDistant ? live.log.nextId : live.log.oldestId;
    live.relay = new EventRelay(live.log, first, this.senderOf(run, live.log.nextId), signal);
  }

  /** Another attempt begins anew. */
  async end(live: LiveRun): Promise<void> {
    await live.relay?.settle();
    live.relay = undefined;
  }

  /** In the transaction in which the run ends: all that those who follow it elsewhere do not have yet. */
  async complete(
    manager: EntityManager,
    { run, live, outcome }: { run: Run; live: LiveRun; outcome: RunOutcome },
    { outcome_for, events_for }: Followers,
  ): Promise<void> {
    if (!isElsewhere(outcome_for, this.processId)) return;
    live.isFollowedElsewhere = true;
    if (isElsewhere(events_for, this.processId) && isRelayed(run)) await this.spill(manager, run, live);
    await recordEnds(manager, [run.run_id], outcome);
  }

  /** Somebody may have asked for the events when there was no time left to begin. */
  private async spill(manager: EntityManager, { run_id }: Run, { relay, log }: LiveRun): Promise<void> {
    const events = relay ? relay.rest() : (log.from(log.oldestId) ?? []);
    const liveFrom = relay ? 0 : log.nextId;
    if (events.length > 0) await this.store.append(run_id, events, liveFrom, manager);
  }

  private senderOf(run: Run, liveFrom: number): SendEvents {
    const { run_id } = run;
    const tell = () => this.signals.publish({ kind: 'events', runId: run_id });
    if (!isRelayed(run)) {
      return () => {
        tell();
        return Promise.resolve();
      };
    }
    return async (events) => {
      await this.store.append(run_id, events, liveFrom);
      tell();
    };
  }
}
