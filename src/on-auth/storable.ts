/** Text that both databases can hold in a JSON column: PostgreSQL takes neither NUL nor half a surrogate pair. */
export function isStorableText(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}

/**
 * Whether a value, with all that is in it, can be stored as JSON as it is: no unstorable text or key, no bigint, not nested deeper
 * than that. What JSON leaves out (functions, `undefined`) does not count.
 */
export function isStorable(value: unknown, maxDepth = 100): boolean {
  if (typeof value === 'string') return isStorableText(value);
  if (typeof value !== 'object' || value === null) return typeof value !== 'bigint';
  if (Array.isArray(value)) return value.every((member) => maxDepth > 0 && isStorable(member, maxDepth - 1));
  const members = value as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(members))
    if (maxDepth <= 0 || !isStorableText(key) || !isStorable(members[key], maxDepth - 1)) return false;
  return true;
}
