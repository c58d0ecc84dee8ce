import { entitySchema } from '../http/schema/entity.schema.js';
import { OBJECT, TEXT, UUID, listOf, objectOf, oneOf, selectionOf } from '../http/schema/json.schema.js';
import { MULTITASK_STRATEGIES, RUN_STATUSES, Run } from './run.entity.js';
import { RUN_FIELDS } from './run.presenter.js';

/** A run as the contract's section 2.3 has it. */
export const RUN = entitySchema('Run', Run, RUN_FIELDS, {
  run_id: UUID,
  thread_id: UUID,
  assistant_id: UUID,
  status: oneOf(RUN_STATUSES),
  metadata: OBJECT,
  kwargs: OBJECT,
  multitask_strategy: oneOf(MULTITASK_STRATEGIES),
});
export const RUNS = listOf(RUN);
export const FOUND_RUNS = listOf(selectionOf(RUN));

/** The last values of the graph, whatever they are; or why there are none. */
export const LAST_VALUES = {
  anyOf: [
    objectOf('FailedRun', { __error__: objectOf('RunError', { error: TEXT, message: TEXT }) }),
    { description: 'the values of the graph' },
  ],
} as const;

/** Where the answer of a run is found again. */
export const RUN_HEADERS = {
  'content-location': 'the address of the run',
} as const;
