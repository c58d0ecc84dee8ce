import { isUtf8 } from 'node:buffer';

const MAX_DEPTH = 32;
const STRING_LITERAL = /"(?:[^"\\]|\\.)*"/g;

/**
 * Parses an object of JSON that leaves no room for two readings: `JSON.parse` takes the last of two members of one name,
 * other readers the first. Outside of string literals each member has exactly one colon, so the colons of the text
 * outnumber the members of the value exactly where a name came twice.
 *
 * @returns undefined for invalid JSON or UTF-8, anything but an object, a repeated name, and more than 32 levels.
 */
export function parseUnambiguous(bytes: Buffer): Readonly<Record<string, unknown>> | undefined {
  if (!isUtf8(bytes)) return undefined;
  const text = bytes.toString('utf8');
  const value = parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const colons = text.replace(STRING_LITERAL, '').split(':').length - 1;
  return countMembers(value, 1) === colons ? (value as Readonly<Record<string, unknown>>) : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Infinite where the value is nested too deeply, and so never equal to a number of colons. */
function countMembers(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth > MAX_DEPTH) return Infinity;
  const members: unknown[] = Object.values(value);
  const own = Array.isArray(value) ? 0 : members.length;
  return members.reduce<number>((sum, member) => sum + countMembers(member, depth + 1), own);
}
