import type { JsonObject } from '../http/json.js';
import { presentFields } from '../http/row.presenter.js';
import type { Thread } from './thread.entity.js';
import { extractFrom, type ThreadExtract } from './thread.extract.js';

export const THREAD_FIELDS = [
  'thread_id',
  'created_at',
  'updated_at',
  'state_updated_at',
  'metadata',
  'status',
  'config',
  'values',
  'interrupts',
] as const;
export type ThreadField = (typeof THREAD_FIELDS)[number];

export interface ThreadView {
  readonly select?: readonly ThreadField[];
  readonly extract?: ThreadExtract;
  readonly withTtl?: boolean;
}

/** The fields that were selected, each once and in the order of the contract, so that few searches differ. */
export function selectedFields({ select }: Pick<ThreadView, 'select'>): readonly ThreadField[] {
  return select ? THREAD_FIELDS.filter((field) => select.includes(field)) : THREAD_FIELDS;
}

/** A thread as the contract's section 2.2 has it. */
export function presentThread(
  thread: Thread,
  { select, extract, withTtl = false }: ThreadView = {},
): JsonObject {
  const presented = presentFields(thread, selectedFields({ select }));
  if (extract) presented.extracted = extractFrom(thread, extract);
  if (withTtl && thread.ttl_strategy !== null) presented.ttl = ttlOf(thread);
  return presented;
}

function ttlOf({ ttl_strategy, ttl_minutes, expires_at }: Thread): JsonObject {
  return { strategy: ttl_strategy, ttl_minutes, expires_at };
}
