/** Text that both databases can hold in a JSON column: PostgreSQL takes neither NUL nor half a surrogate pair. */
export function isStorableText(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}

/**
 * Whether a value, with all that is in it, can be stored as JSON as it is: no unstorable text or key, no bigint, not nested deeper
 * than that. What JSON leaves out (functions, `undefined`) does not count.
 */
export function isStorable(value: unknown, maxDepth = 100): boolean {
  let level: readonly unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxDepth || !level.every(isStorableNode)) return false;
    level = level.flatMap(membersOf);
  }
  return true;
}

function isStorableNode(node: unknown): boolean {
  if (typeof node === 'string') return isStorableText(node);
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return typeof node !== 'bigint';
  return Object.keys(node).every(isStorableText);
}

function membersOf(node: unknown): readonly unknown[] {
  return typeof node === 'object' && node !== null ? (Object.values(node) as unknown[]) : [];
}
