import type { JsonObject } from '../http/json.js';
import { ttlValue, type ThreadTtl } from './dto/thread-ttl.dto.js';
import { Thread } from './thread.entity.js';

const MS_A_MINUTE = 60_000;

/** A thread that nothing has run on yet. */
export function newThread(threadId: string, metadata: JsonObject, ttl?: ThreadTtl): Thread {
  const now = new Date();
  return Object.assign(new Thread(), {
    thread_id: threadId,
    created_at: now,
    updated_at: now,
    state_updated_at: null,
    metadata,
    status: 'idle' as const,
    config: {},
    values: null,
    interrupts: {},
    revision: 0,
    followed_by: null,
    followed_until: null,
    ...(ttl === undefined ? { ttl_strategy: null, ttl_minutes: null, expires_at: null } : expiry(ttl, now)),
  });
}

/** What a time to live is on the row, counted from a moment. */
export function expiry(
  ttl: ThreadTtl,
  from: Date,
): Pick<Thread, 'ttl_strategy' | 'ttl_minutes' | 'expires_at'> {
  const { strategy, ttl: minutes } = ttlValue(ttl);
  return {
    ttl_strategy: strategy,
    ttl_minutes: minutes,
    expires_at: new Date(from.getTime() + Math.round(minutes * MS_A_MINUTE)),
  };
}
