import { entitySchema } from '../http/schema/entity.schema.js';
import {
  COUNT,
  OBJECT,
  TEXT,
  TIME,
  UUID,
  listOf,
  nullable,
  objectOf,
  oneOf,
  selectionOf,
} from '../http/schema/json.schema.js';
import { THREAD_STATUSES, TTL_STRATEGIES, Thread } from './thread.entity.js';
import { THREAD_FIELDS } from './thread.presenter.js';

const TTL = objectOf('ThreadTtl', {
  strategy: oneOf(TTL_STRATEGIES),
  ttl_minutes: { type: 'number' },
  expires_at: TIME,
});

const ROW = entitySchema('Thread', Thread, THREAD_FIELDS, {
  thread_id: UUID,
  metadata: OBJECT,
  config: OBJECT,
  interrupts: OBJECT,
  status: oneOf(THREAD_STATUSES),
});

const withMembers = (members: object) => ({
  ...ROW,
  properties: { ...(ROW.properties as object), ...members },
});

/** A thread as the contract's section 2.2 has it. */
export const THREAD = withMembers({ ttl: TTL });
export const FOUND_THREADS = listOf(selectionOf(withMembers({ extracted: OBJECT })));
export const PRUNED = objectOf('PrunedThreads', { pruned_count: COUNT });

const ADDRESS = objectOf('CheckpointAddress', {
  thread_id: UUID,
  checkpoint_ns: TEXT,
  checkpoint_id: nullable(TEXT),
  checkpoint_map: {},
});
const INTERRUPT = objectOf('Interrupt', { id: TEXT, value: {} }, ['id']);
const TASK = objectOf(
  'Task',
  {
    id: TEXT,
    name: TEXT,
    path: {},
    error: nullable(TEXT),
    interrupts: listOf(INTERRUPT),
    checkpoint: nullable(ADDRESS),
    state: nullable(OBJECT),
    result: {},
  },
  ['path'],
);

/** The state of a thread at one of its checkpoints. */
export const THREAD_STATE = objectOf(
  'ThreadState',
  {
    values: {},
    next: listOf(TEXT),
    tasks: listOf(TASK),
    metadata: OBJECT,
    created_at: nullable(TEXT),
    checkpoint: nullable(ADDRESS),
    parent_checkpoint: nullable(ADDRESS),
    interrupts: listOf(INTERRUPT),
  },
  ['metadata', 'interrupts'],
);
export const UPDATED_STATE = objectOf('UpdatedState', { checkpoint: ADDRESS });
