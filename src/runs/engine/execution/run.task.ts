import type { Run } from '../../run.entity.js';
import { RunStoppedError, type StopReason } from './run.stop.js';

/** One attempt of a run that this worker executes. */
export class RunTask {
  private readonly controller = new AbortController();
  private reason: StopReason | undefined;

  constructor(readonly run: Run) {}

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get stopReason(): StopReason | undefined {
    return this.reason;
  }

  /** The first reason counts. */
  stop(reason: StopReason): void {
    if (this.reason) return;
    this.reason = reason;
    this.controller.abort(new RunStoppedError(reason));
  }
}
