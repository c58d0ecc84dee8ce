import type { FindOptionsWhere } from 'typeorm';
import type { Run } from '../../run.entity.js';

/** One worker's right to one attempt of a run. Whatever it writes about the run, it writes only while this still holds. */
export interface Lease {
  readonly runId: string;
  readonly workerId: string;
  readonly attempt: number;
}

/** The lease under which a run was claimed. */
export function leaseOf({ run_id, worker_id, attempt }: Run): Lease {
  if (worker_id === null) throw new Error(`Run ${run_id} is not claimed`);
  return { runId: run_id, workerId: worker_id, attempt };
}

/** The condition on the row of a run that a lease holds. */
export function heldBy({ runId, workerId, attempt }: Lease): FindOptionsWhere<Run> {
  return { run_id: runId, worker_id: workerId, attempt, status: 'running' };
}

/** Another worker has the run now, or it is gone. Nothing was written. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
  constructor({ runId }: Lease) {
    super(`The lease of run ${runId} is lost`);
  }
}
