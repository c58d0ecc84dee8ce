import type { Run } from '../../run.entity.js';
import { leaseOf, LeaseLostError } from '../queue/lease.js';
import { RunStoppedError, type StopReason } from './run.stop.js';

/** One attempt of a run that this worker executes. */
export class RunTask {
  private readonly controller = new AbortController();
  private reason: StopReason | undefined;

  private heldUntil: number;

  /** @param run that has just been claimed */
  constructor(readonly run: Run) {
    const leaseLeft = (run.lease_expires_at?.getTime() ?? 0) - Date.now();
    this.heldUntil = performance.now() + leaseLeft;
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get stopReason(): StopReason | undefined {
    return this.reason;
  }

  get isHeld(): boolean {
    return performance.now() < this.heldUntil;
  }

  /** The lease was renewed. @param heldUntil by the clock of `performance.now()` */
  renewed(heldUntil: number): void {
    this.heldUntil = heldUntil;
  }

  /**
   * A process that was blocked, or cut off from the database, for so long that others may have taken the run over, must not write
   * anything of it any more.
   * @throws LeaseLostError
   */
  assertHeld(): void {
    if (this.isHeld) return;
    this.stop({ kind: 'lost' });
    throw new LeaseLostError(leaseOf(this.run));
  }

  /** The first reason counts. */
  stop(reason: StopReason): void {
    if (this.reason) return;
    this.reason = reason;
    this.controller.abort(new RunStoppedError(reason));
  }
}
