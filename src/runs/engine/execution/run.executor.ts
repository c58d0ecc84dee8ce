import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { CheckpointKeeper } from '../../../graphs/checkpointer/checkpoint.keeper.js';
import { GraphState } from '../../../graphs/execution/graph.state.js';
import type { ThreadSummary } from '../../../graphs/execution/thread.state.js';
import type { CancelAction, Run } from '../../run.entity.js';
import type { LiveRun } from '../live.run.js';
import { LeaseLostError } from '../queue/lease.js';
import { RUN_ENGINE_OPTIONS, type RunEngineOptions } from '../run-engine.options.js';
import { EventRelays } from '../relay/event.relays.js';
import { GraphPerformer } from './graph.performer.js';
import { errorOf, type Performance } from './performance.js';
import type { RunEnding } from './run.ending.js';
import { CancelledMeanwhileError, RunFinisher, StateNotSavedError } from './run.finisher.js';
import { inScopeOf } from './run.scope.js';
import type { RunTask } from './run.task.js';

/** A run that its workers did not survive this often is not tried again: it may be what killed them. */
const MAX_LEASE_LOSSES = 5;
/** How often, and with which pause, the end of a run is recorded again when the database fails. */
const FINISH_ATTEMPTS = 5;
const FINISH_PAUSE_MS = 200;

const GIVEN_UP: Performance = {
  kind: 'failed',
  error: { error: 'WorkerLostError', message: 'The workers that executed the run did not survive it' },
};

/** Executes claimed runs: as their recorded principal, under the decision that was taken for their creation. */
@Injectable()
export class RunExecutor {
  private readonly logger = new Logger(RunExecutor.name);

  constructor(
    private readonly performer: GraphPerformer,
    private readonly state: GraphState,
    private readonly checkpoints: CheckpointKeeper,
    private readonly finisher: RunFinisher,
    private readonly relays: EventRelays,
    @Inject(RUN_ENGINE_OPTIONS) private readonly options: RunEngineOptions,
  ) {}

  /**
   * Executes one attempt and records its end.
   * @returns how the run ended; `lost` and `suspend` where it did not, and is another attempt's now
   */
  execute(task: RunTask, live: LiveRun): Promise<RunEnding | 'lost' | 'suspend'> {
    return inScopeOf(task.run, async () => {
      this.relays.begin(task, live, task.run);
      try {
        const performance = await this.performInTime(task, live);
        if (performance.kind === 'lost' || performance.kind === 'suspend') return performance.kind;
        return await this.conclude(task, live, performance);
      } finally {
        await this.relays.end(live);
      }
    });
  }

  private async performInTime(task: RunTask, live: LiveRun): Promise<Performance> {
    const { run } = task;
    if (run.cancel_action) return { kind: 'cancel', action: run.cancel_action };
    if (run.lease_losses >= MAX_LEASE_LOSSES) return GIVEN_UP;
    const timer = setTimeout(() => task.stop({ kind: 'timeout' }), this.options.timeoutMs);
    try {
      return await this.performer.perform(task, live);
    } finally {
      clearTimeout(timer);
    }
  }

  private async conclude(
    task: RunTask,
    live: LiveRun,
    performance: Performance,
  ): Promise<RunEnding | 'lost'> {
    const { run } = task;
    let current = performance;
    for (let attempt = 1; ; attempt++) {
      try {
        const ending = await this.endingOf(run, current);
        await this.finisher.finish(run, live, ending);
        this.log(run, ending);
        return ending;
      } catch (fault) {
        if (fault instanceof LeaseLostError) return 'lost';
        if (fault instanceof CancelledMeanwhileError)
          current = await this.cancelledAfter(run, current, fault);
        else if (fault instanceof StateNotSavedError)
          current = await this.performer.fail(task, live, fault.cause);
        else if (attempt === FINISH_ATTEMPTS) throw fault;
        else await sleep(FINISH_PAUSE_MS);
      }
    }
  }

  /** Who interrupts a run that has done all it had to do keeps what it did. */
  private async cancelledAfter(
    run: Run,
    performance: Performance,
    { action }: CancelledMeanwhileError,
  ): Promise<Performance> {
    const unsaved = performance.kind === 'finished' ? performance.unsaved : undefined;
    if (action === 'interrupt')
      await unsaved?.save().catch((fault: unknown) => {
        this.logger.error(`What run ${run.run_id} wrote last cannot be saved: ${nameOf(fault)}`);
      });
    return { kind: 'cancel', action };
  }

  private async endingOf(run: Run, performance: Performance): Promise<RunEnding> {
    if (performance.kind === 'cancel') return this.cancelled(run, performance.action);
    const told = performance.kind === 'finished' ? performance.summary : undefined;
    const summary = told ?? (await this.summaryOf(run));
    const error = errorOf(performance);
    const unsaved = performance.kind === 'finished' ? performance.unsaved : undefined;
    if (performance.kind === 'timeout') return { kind: 'ended', status: 'timeout', error, summary };
    return { kind: 'ended', status: error ? 'error' : 'success', error, summary, unsaved };
  }

  private async cancelled(run: Run, action: CancelAction): Promise<RunEnding> {
    if (action === 'interrupt')
      return { kind: 'ended', status: 'interrupted', error: null, summary: await this.summaryOf(run) };
    await this.finisher.assertHeld(run);
    await this.checkpoints.deleteRun(run.thread_id, run.run_id);
    return { kind: 'rolled back', summary: await this.summaryOf(run) };
  }

  /** The run has ended either way, so a state that cannot be read leaves the thread as it was. */
  private async summaryOf({ thread_id, graph_id, run_id }: Run): Promise<ThreadSummary | null> {
    try {
      return await this.state.summary({ threadId: thread_id, graphId: graph_id });
    } catch (error) {
      this.logger.error(`The state after run ${run_id} cannot be read: ${nameOf(error)}`);
      return null;
    }
  }

  /** Without the message, which may hold what the run is about. */
  private log(run: Run, ending: RunEnding): void {
    const what = ending.kind === 'ended' ? ending.status : ending.kind;
    const why = ending.kind === 'ended' && ending.error ? ` (${ending.error.error})` : '';
    this.logger.debug(`Run ${run.run_id} of graph ${run.graph_id}: ${what}${why}, attempt ${run.attempt}`);
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
