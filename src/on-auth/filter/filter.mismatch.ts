import { keysOf, type Filter } from './filter.js';
import { formatFilter, formatKey } from './filter.formatter.js';
import { matches } from './filter.matcher.js';

type Metadata = Readonly<Record<string, unknown>> | null;

const MAX_VALUE_LENGTH = 200;

/**
 * The first predicate of a filter that is false for this metadata, and what the metadata has in its place; `undefined` when all
 * are true. Of a conjunction it is one part; alternatives and negations are false as a whole.
 *
 * @example firstMismatch(parseFilter({ owner: 'bob' }), { owner: 'alice' }) // 'owner = "bob", but owner is "alice"'
 */
export function firstMismatch(filter: Filter, metadata: Metadata): string | undefined {
  const culprit = culpritOf(filter, metadata);
  if (!culprit) return undefined;
  const found = keysOf(culprit).map((key) => `${formatKey(key)} is ${valueAt(metadata, key)}`);
  return `${formatFilter(culprit)}, but ${found.join(' and ')}`;
}

function culpritOf(filter: Filter, metadata: Metadata): Filter | undefined {
  if (matches(filter, metadata)) return undefined;
  if (filter.kind !== 'all') return filter;
  const part = filter.of.find((member) => !matches(member, metadata));
  return part && culpritOf(part, metadata);
}

function valueAt(metadata: Metadata, key: string): string {
  if (!metadata || !Object.hasOwn(metadata, key)) return 'missing';
  const text = JSON.stringify(metadata[key]) ?? 'missing';
  return text.length > MAX_VALUE_LENGTH ? `${text.slice(0, MAX_VALUE_LENGTH)}...` : text;
}
