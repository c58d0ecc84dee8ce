import type { JsonObject } from '../http/json.js';
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

/** A thread as the contract's section 2.2 has it. */
export function presentThread(
  thread: Thread,
  { select, extract, withTtl = false }: ThreadView = {},
): JsonObject {
  const fields = select ?? THREAD_FIELDS;
  return {
    ...Object.fromEntries(fields.map((field) => [field, thread[field]])),
    ...(extract && { extracted: extractFrom(thread, extract) }),
    ...(withTtl && thread.ttl_strategy !== null && { ttl: ttlOf(thread) }),
  };
}

function ttlOf({ ttl_strategy, ttl_minutes, expires_at }: Thread): JsonObject {
  return { strategy: ttl_strategy, ttl_minutes, expires_at };
}
