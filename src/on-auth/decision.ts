import { InvalidFilterError, parseFilter } from './filter/filter.parser.js';
import type { Filter } from './filter/filter.js';

/** What was decided for one event: everything of the resource, nothing, or what matches a filter. */
export type Decision = Allow | Deny | Restrict;
export interface Allow {
  readonly kind: 'allow';
}
export interface Deny {
  readonly kind: 'deny';
}
export interface Restrict {
  readonly kind: 'restrict';
  readonly filter: Filter;
}

export const ALLOW: Allow = Object.freeze({ kind: 'allow' });
export const DENY: Deny = Object.freeze({ kind: 'deny' });

/** A handler gave an answer that is no decision. Answered as 500, and nothing is done. */
export class InvalidDecisionError extends Error {
  override readonly name = 'InvalidDecisionError';
}

/**
 * Reads the (settled) result of a handler: nothing or `true` allows, `false` denies, an object restricts, `{}` allows.
 *
 * @throws InvalidDecisionError for anything else.
 * @example parseDecision({ owner: 'alice' }) // { kind: 'restrict', filter: ... }
 */
export function parseDecision(result: unknown): Decision {
  if (result === undefined || result === null || result === true) return ALLOW;
  if (result === false) return DENY;
  try {
    const filter = parseFilter(result);
    return filter.kind === 'everything' ? ALLOW : { kind: 'restrict', filter };
  } catch (error) {
    if (!(error instanceof InvalidFilterError)) throw error;
    throw new InvalidDecisionError(`neither a boolean nor a valid filter: ${error.message}`, {
      cause: error,
    });
  }
}
