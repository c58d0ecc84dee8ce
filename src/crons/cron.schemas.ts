import { entitySchema } from '../http/schema/entity.schema.js';
import {
  OBJECT,
  TEXT,
  TIME,
  UUID,
  listOf,
  objectOf,
  oneOf,
  selectionOf,
} from '../http/schema/json.schema.js';
import { Cron } from './cron.entity.js';
import { CRON_FIELDS } from './cron.presenter.js';

/** A cron as the contract's section 2.4 has it. */
export const CRON = entitySchema('Cron', Cron, CRON_FIELDS, {
  cron_id: UUID,
  thread_id: UUID,
  assistant_id: UUID,
  on_run_completed: oneOf(['delete', 'keep']),
  payload: OBJECT,
  metadata: OBJECT,
  last_error: objectOf('CronError', { at: TIME, status: { type: 'integer' }, detail: TEXT }),
});
const { properties } = CRON;
export const FOUND_CRONS = listOf(
  selectionOf({ ...CRON, properties: { ...(properties as object), now: TIME } }),
);
