import { oneOf } from '../../http/schema/json.schema.js';
import { rule } from '../../http/validation.js';
import { TTL_STRATEGIES, type TtlStrategy } from '../thread.entity.js';
import type { ThreadTtlValue } from '../threads.events.js';

/** What a client sends: a number of minutes, or an object with an optional strategy. */
export type ThreadTtl = number | { readonly strategy?: TtlStrategy; readonly ttl: number };

/** A hundred years; keeps the date of expiry within what a date can hold. */
const MAX_TTL_MINUTES = 60 * 24 * 365 * 100;

const MINUTES = { type: 'number', exclusiveMinimum: 0, maximum: MAX_TTL_MINUTES } as const;

export function IsTtl(): PropertyDecorator {
  return rule('isTtl', {
    validate: isTtl,
    problem: () =>
      `must be a number of minutes, or { ttl: minutes, strategy: ${TTL_STRATEGIES.join(' | ')} }`,
    schema: {
      anyOf: [
        MINUTES,
        { type: 'object', properties: { ttl: MINUTES, strategy: oneOf(TTL_STRATEGIES) }, required: ['ttl'] },
      ],
    },
  });
}

/** The form that handlers see. */
export function ttlValue(ttl: ThreadTtl): ThreadTtlValue {
  return typeof ttl === 'number'
    ? { strategy: 'delete', ttl }
    : { strategy: ttl.strategy ?? 'delete', ttl: ttl.ttl };
}

function isTtl(ttl: unknown): boolean {
  if (typeof ttl === 'number') return isMinutes(ttl);
  if (typeof ttl !== 'object' || ttl === null || Array.isArray(ttl)) return false;
  const { strategy = 'delete', ttl: minutes } = ttl as { strategy?: unknown; ttl?: unknown };
  return TTL_STRATEGIES.includes(strategy as TtlStrategy) && isMinutes(minutes);
}

function isMinutes(minutes: unknown): boolean {
  return typeof minutes === 'number' && Number.isFinite(minutes) && minutes > 0 && minutes <= MAX_TTL_MINUTES;
}
