import { InvalidFilterError, isPlain, parseFilter } from './filter/filter.parser.js';
import type { Filter, JsonScalar } from './filter/filter.js';

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

const MOST_REMEMBERED = 2_000;
/** Longer ones are rare, and would fill the memory. */
const LONGEST_REMEMBERED = 512;

/** By key and value. */
const equalities = new Map<string, Map<JsonScalar, Restrict>>();
let remembered = 0;

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
  const known = knownEquality(result);
  if (known) return known;
  try {
    const filter = parseFilter(result);
    return filter.kind === 'everything' ? ALLOW : restrictTo(filter);
  } catch (error) {
    if (!(error instanceof InvalidFilterError)) throw error;
    throw new InvalidDecisionError(`neither a boolean nor a valid filter: ${error.message}`, {
      cause: error,
    });
  }
}

/**
 * Nearly all decisions are of one form, that a key equals a value, and each caller gets the same one again and again. It is one object
 * for all who get it, so that what is made of it, such as SQL, is made once. It cannot be changed, and says nothing of whom it was made for.
 */
function restrictTo(filter: Filter): Restrict {
  if (filter.kind !== 'equals' || isLong(filter.key) || isLong(filter.value))
    return { kind: 'restrict', filter };
  const ofKey = equalities.get(filter.key);
  const known = ofKey?.get(filter.value);
  if (known) return known;
  const made: Restrict = Object.freeze({ kind: 'restrict', filter: Object.freeze(filter) });
  remember(filter.key, filter.value, made);
  return made;
}

/** What was read before from an object of one key, which is all that it has. */
function knownEquality(result: unknown): Restrict | undefined {
  if (typeof result !== 'object' || result === null || !isPlain(result)) return undefined;
  const keys = Reflect.ownKeys(result);
  const [key] = keys;
  if (
    keys.length !== 1 ||
    typeof key !== 'string' ||
    !Object.prototype.propertyIsEnumerable.call(result, key)
  )
    return undefined;
  return equalities.get(key)?.get((result as Record<string, JsonScalar>)[key]);
}

function remember(key: string, value: JsonScalar, decision: Restrict): void {
  if (remembered >= MOST_REMEMBERED) {
    equalities.clear();
    remembered = 0;
  }
  const ofKey = equalities.get(key) ?? new Map<JsonScalar, Restrict>();
  equalities.set(key, ofKey.set(value, decision));
  remembered += 1;
}

function isLong(value: JsonScalar): boolean {
  return typeof value === 'string' && value.length > LONGEST_REMEMBERED;
}
