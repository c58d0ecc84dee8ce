/**
 * What never existed, next to something that does: where ids are ordered it stands in the same place. Of whole values as well, such as
 * lists and maps of ids. UUIDs and whole numbers become other ones, and `alice` somebody whom nobody knows.
 * What is none of these stays as it is.
 *
 * @example ghostOf('0197f0c8-5d35-7b1e-8f53-0a1b2c3d4e5f') // '0197f0c8-5d35-7b1e-8f53-0a1b2c3ddead'
 */
export function ghostOf<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_, part: unknown) => haunt(part)) as T;
}

const FAR_AWAY = 1_000_000_007;

function haunt(part: unknown): unknown {
  if (typeof part === 'string') return ghostText(part);
  if (typeof part === 'number') return part + FAR_AWAY;
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [ghostText(key), value]));
}

const HEX_ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{32}\b/g;

/** Changes the last digits of every id in a text, and somebody's name to one that nobody has. */
function ghostText(text: string): string {
  return text
    .replaceAll(HEX_ID, (id) => `${id.slice(0, -4)}${id.endsWith('dead') ? 'beef' : 'dead'}`)
    .replaceAll('alice', 'elice');
}
