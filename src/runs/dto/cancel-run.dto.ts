import { UnprocessableEntityException } from '@nestjs/common';
import { ArrayMaxSize, ArrayMinSize, IsBoolean, IsOptional } from 'class-validator';
import { flag, text } from '../../http/query.parsers.js';
import { routeInput } from '../../http/route.input.js';
import { IsId, IsIdList, IsOneOf } from '../../http/validation.js';
import type { ThreadsUpdateValue } from '../../threads/threads.events.js';
import type { CancelAction } from '../run.entity.js';
import { RunId, valueOfUnknownThread } from './run-id.dto.js';

const ACTIONS: readonly CancelAction[] = ['interrupt', 'rollback'];
const MAX_RUN_IDS = 1000;

export class CancelRun extends RunId {
  @IsOneOf(ACTIONS) action: CancelAction = 'interrupt';
  @IsBoolean({ message: '$property must be true or false' }) wait = false;
}

export class CancelThreadRun extends CancelRun {
  @IsId() thread_id!: string;
}

export const cancelThreadRun = routeInput('threads:update', {
  type: CancelThreadRun,
  ids: { thread_id: 'path', run_id: 'path' },
  query: { action: text, wait: flag },
  value: ({ thread_id, run_id, action }) => cancelValue({ thread_id, run_ids: [run_id], action }),
});

/** The thread is not known before the run was found: finding it is the route's own event. */
export const cancelRun = routeInput('threads:read', {
  type: CancelRun,
  ids: { run_id: 'path' },
  query: { action: text, wait: flag },
  value: valueOfUnknownThread,
});

/** Which runs to cancel: those with these ids, those in this state, or both; of one thread, or of every visible one. */
export class CancelRuns {
  @IsOneOf(ACTIONS) action: CancelAction = 'interrupt';
  @IsOptional() @IsId() thread_id?: string;

  @IsOptional()
  @IsIdList()
  @ArrayMinSize(1, { message: '$property must not be empty' })
  @ArrayMaxSize(MAX_RUN_IDS, { message: `$property must not hold more than ${MAX_RUN_IDS} ids` })
  run_ids?: string[];

  @IsOptional() @IsOneOf(['pending', 'running', 'all']) status?: 'pending' | 'running' | 'all';
}

const cancelMany = routeInput('threads:update', {
  type: CancelRuns,
  ids: { thread_id: 'body', run_ids: 'body' },
  query: { action: text },
  value: cancelValue,
});

export const cancelRuns: typeof cancelMany = {
  ...cancelMany,
  shape: cancelMany.shape && { ...cancelMany.shape, anyOf: ['run_ids', 'status'] },
  async parse(request) {
    const input = await cancelMany.parse(request);
    if (input.run_ids || input.status) return input;
    throw new UnprocessableEntityException('run_ids or status must be given');
  },
};

/** What handlers see of a cancellation, single or in bulk (contract 1.9). */
export function cancelValue({
  thread_id,
  run_ids = [],
  action,
  status = 'pending',
}: Pick<CancelRuns, 'thread_id' | 'run_ids' | 'action' | 'status'>): ThreadsUpdateValue {
  const metadata = { run_ids: [...run_ids], status };
  // In bulk, all threads may be meant.
  return { ...(thread_id && { thread_id }), action, metadata };
}
