import type { Filter, JsonScalar } from './filter.js';

/**
 * Whether a row with this metadata matches the filter. This function is the specification: the SQL renderers are tested
 * to give the same answer. Only own keys of `metadata` count; `null` or no metadata has no keys.
 *
 * @example matches({ kind: 'equals', key: 'owner', value: 'alice' }, { owner: 'alice' }) // true
 */
export function matches(
  filter: Filter,
  metadata: Readonly<Record<string, unknown>> | null | undefined,
): boolean {
  switch (filter.kind) {
    case 'everything':
      return true;
    case 'equals':
      return isSame(valueAt(metadata, filter.key), filter.value);
    case 'in': {
      const stored = valueAt(metadata, filter.key);
      return filter.values.some((value) => isSame(stored, value));
    }
    case 'exists':
      return hasKey(metadata, filter.key) === filter.exists;
    case 'contains': {
      const stored = valueAt(metadata, filter.key);
      return (
        Array.isArray(stored) &&
        filter.values.every((value) => stored.some((member) => isSame(member, value)))
      );
    }
    case 'all':
      return filter.of.every((part) => matches(part, metadata));
    case 'any':
      return filter.of.some((part) => matches(part, metadata));
    case 'not':
      return !matches(filter.of, metadata);
  }
}

function hasKey(metadata: Readonly<Record<string, unknown>> | null | undefined, key: string): boolean {
  return (
    typeof metadata === 'object' &&
    metadata !== null &&
    !Array.isArray(metadata) &&
    Object.hasOwn(metadata, key)
  );
}

function valueAt(metadata: Readonly<Record<string, unknown>> | null | undefined, key: string): unknown {
  return hasKey(metadata, key) ? metadata?.[key] : undefined;
}

/** Same JSON type and value; -0 is 0, as in JSON. */
function isSame(stored: unknown, value: JsonScalar): boolean {
  return stored === value;
}
