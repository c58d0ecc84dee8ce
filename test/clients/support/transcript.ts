/** One event as it stood on the wire. */
export interface Frame {
  readonly id: string;
  readonly event: string;
  readonly data: unknown;
}

/** Comments are heartbeats. Each stands in a line of its own, with no blank line after it. */
const HEARTBEAT = ': heartbeat\n';
const FRAME = /^event: (.+)\ndata: (.+)\nid: (\d+)$/;

/**
 * Reads the raw text of an event stream, and accepts nothing but the form that the clients rely on: a name, one line of JSON and
 * an id, in this order, and a blank line after each event.
 *
 * @throws Error that quotes what is not of that form
 */
export function framesOf(wire: string): Frame[] {
  const text = wire.replaceAll(HEARTBEAT, '');
  if (text === '') return [];
  if (!text.endsWith('\n\n')) throw new Error(`the stream breaks off: ${text.slice(-100)}`);
  return text.slice(0, -2).split('\n\n').map(frameOf);
}

function frameOf(text: string): Frame {
  const [, event, data, id] = FRAME.exec(text) ?? [];
  if (event === undefined || data === undefined || id === undefined) throw new Error(`not an event: ${text}`);
  return { id, event: normalized(event) as string, data: normalized(JSON.parse(data)) };
}

const VARIABLE: readonly (readonly [RegExp, string])[] = [
  [/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uuid>'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z/g, '<time>'],
  [/^[0-9a-f]{32}$/, '<interrupt>'],
];

/** With a word in place of each id and each time, in keys as well. */
function normalized(value: unknown): unknown {
  if (typeof value === 'string')
    return VARIABLE.reduce((text, [form, word]) => text.replace(form, word), value);
  if (Array.isArray(value)) return value.map(normalized);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [normalized(key), normalized(member)]),
  );
}
