import type { DeliveryOptions } from '../webhook.settings.js';

/**
 * What comes of a call:
 * - `delivered`: the receiver has it
 * - `retry`: the receiver, or the way to it, may be well again later
 * - `final`: the same call will be answered in the same way
 */
export type Verdict =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'retry' | 'final'; /** In words of this server. */ readonly reason: string };

/** Answers that speak of the moment, not of the request: a timeout, too early, too many. */
const TEMPORARY = new Set([408, 425, 429]);

/** Redirects are not followed: where they lead, nobody has asked for. */
export function verdictOf(status: number): Verdict {
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  const isTemporary = status >= 500 || TEMPORARY.has(status);
  return { kind: isTemporary ? 'retry' : 'final', reason: `answered ${status}` };
}

/**
 * The pause before the next attempt, in milliseconds: twice as long after each failure, between half and all of that by chance, so that
 * many deliveries do not come back at once.
 *
 * @param attempts that have failed, at least 1
 * @param chance from 0 to below 1
 */
export function pauseAfter(
  attempts: number,
  { firstPauseMs, longestPauseMs }: Pick<DeliveryOptions, 'firstPauseMs' | 'longestPauseMs'>,
  chance = Math.random(),
): number {
  const pause = Math.min(firstPauseMs * 2 ** (attempts - 1), longestPauseMs);
  return Math.round(pause * (0.5 + chance / 2));
}
