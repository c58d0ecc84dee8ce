/**
 * Whether a stored JSON value contains another, by the rules of PostgreSQL's `@>` below the top level: an object contains
 * an object whose every key it has with a containing value, an array contains an array whose every element some element
 * of it contains, a scalar contains only itself. The specification of the SQL in `containment.renderer.ts`.
 *
 * @example contains({ a: { b: 1 }, tags: ['x', 'y'] }, { a: { b: 1 }, tags: ['y'] }) // true
 */
export function contains(stored: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(stored) && wanted.every((element) => stored.some((member) => contains(member, element)))
    );
  }
  if (typeof wanted === 'object' && wanted !== null) {
    if (typeof stored !== 'object' || stored === null || Array.isArray(stored)) return false;
    const object = stored as Record<string, unknown>;
    return Object.entries(wanted).every(
      ([key, value]) => Object.hasOwn(object, key) && contains(object[key], value),
    );
  }
  return stored === wanted;
}

/** The largest document that a search may ask for: its SQL grows with it. */
export const MAX_WANTED_NODES = 200;

/** How deep lists may lie in each other: each level is a sub-query. */
export const MAX_WANTED_LISTS = 8;

/** How deep lists lie in each other in a JSON document. */
export function listDepth(document: unknown): number {
  if (typeof document !== 'object' || document === null) return 0;
  const inside = Math.max(0, ...Object.values(document).map(listDepth));
  return Array.isArray(document) ? inside + 1 : inside;
}

/** How many values a JSON document holds, itself included. */
export function countNodes(document: unknown): number {
  if (typeof document !== 'object' || document === null) return 1;
  return Object.values(document).reduce((sum: number, member) => sum + countNodes(member), 1);
}
