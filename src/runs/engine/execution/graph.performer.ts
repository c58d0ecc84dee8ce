import { Injectable } from '@nestjs/common';
import { errorPayload } from '../../../graphs/execution/error.payload.js';
import { GraphExecutor } from '../../../graphs/execution/graph.executor.js';
import { isConnectionLost } from '../../../persistence/connection-lost.js';
import { EventIntake } from '../events/event.intake.js';
import type { EventRecorder } from '../events/event.recorder.js';
import { RecorderFactory } from '../events/recorder.factory.js';
import { StepTracker } from '../events/step.tracker.js';
import type { LiveRun } from '../live.run.js';
import { LeaseLostError } from '../queue/lease.js';
import { errorOf, type Performance } from './performance.js';
import { graphRunRequest, showsCheckpoints } from './run.request.js';
import { StateWitness } from './state.witness.js';
import type { RunTask } from './run.task.js';

/** Runs the graph of a task, in the current authorization scope, and records its events. */
@Injectable()
export class GraphPerformer {
  constructor(
    private readonly graphs: GraphExecutor,
    private readonly recorders: RecorderFactory,
  ) {}

  /** Settles when the graph has left off and readers have been given every event. */
  async perform(task: RunTask, live: LiveRun): Promise<Performance> {
    const recorder = await this.recorders.create(task.run, live);
    const tracker = new StepTracker(showsCheckpoints(task.run));
    const performance = await this.play(task, recorder, tracker);
    const error = errorOf(performance);
    try {
      if (error) await recorder.record({ event: 'error', data: error }, tracker.current);
      await recorder.close();
      return performance;
    } catch (fault) {
      return performance.kind === 'finished' ? performanceAt(fault) : performance;
    }
  }

  /** Tells the readers of a run that it has failed after its graph had left off. */
  async fail({ run }: RunTask, live: LiveRun, fault: unknown): Promise<Performance> {
    const error = errorPayload(fault);
    const recorder = await this.recorders.create(run, live);
    await recorder.record({ event: 'error', data: error }, null);
    await recorder.close();
    return { kind: 'failed', error };
  }

  private async play(task: RunTask, recorder: EventRecorder, tracker: StepTracker): Promise<Performance> {
    const intake = new EventIntake();
    const witness = new StateWitness();
    const request = graphRunRequest(task.run, task.signal, () => beforeSave(task, intake, recorder));
    try {
      const unsaved = await intake.takeAll(this.graphs.stream(request), (event) => {
        witness.see(event);
        const placed = tracker.place(event);
        return placed && recorder.record(placed.event, placed.step);
      });
      const summary = witness.summary();
      if (summary) return { kind: 'finished', summary, unsaved };
      // The state has to be read from the database.
      await unsaved?.save();
      return { kind: 'finished' };
    } catch (fault) {
      return task.stopReason ?? performanceAt(fault);
    }
  }
}

/**
 * What a graph has done is never said again by a later attempt. So what it said is stored before what it did; and neither is by a
 * worker that others may hold for dead.
 */
async function beforeSave(task: RunTask, intake: EventIntake, recorder: EventRecorder): Promise<void> {
  task.assertHeld();
  if (!task.run.resumable) return;
  await intake.drained();
  await recorder.flush();
  task.assertHeld();
}

/** Without its database a run is not wrong, but cut off: its lease expires, and another attempt continues where it was saved. */
function performanceAt(fault: unknown): Performance {
  if (fault instanceof LeaseLostError || isConnectionLost(fault)) return { kind: 'lost' };
  return { kind: 'failed', error: errorPayload(fault) };
}
