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
  const isMember = (member: unknown): boolean => maxDepth > 0 && isStorable(member, maxDepth - 1);
  if (Array.isArray(value)) return value.every(isMember);
  const members = value as Readonly<Record<string, unknown>>;
  return Object.keys(members).every((key) => isStorableText(key) && isMember(members[key]));
}
