import type { RouteId } from '../../../src/on-auth/index.js';
import { valueFor, type Ids } from './ids.js';
import type { Template } from './template.js';

/** A request that can be sent, with its parts apart, so that an id can be put in its place. */
export interface Request {
  readonly verb: string;
  readonly pattern: string;
  readonly path: Record<string, unknown>;
  readonly query: Record<string, unknown>;
  readonly header: Record<string, unknown>;
  body: unknown;
}

export function requestOf({ route, path = {}, query = {}, headers = {}, body }: Template, ids: Ids): Request {
  const [verb, pattern] = route.split(' ');
  const parameters = [...pattern.matchAll(/:(\w+)/g)].map(([, name]) => [
    name,
    Reflect.get(ids, name) as unknown,
  ]);
  return {
    verb,
    pattern,
    path: { ...Object.fromEntries(parameters), ...path },
    query: { ...(typeof query === 'function' ? query(ids) : query) },
    header: { ...headers },
    body: structuredClone(body?.(ids)),
  };
}

/** Puts a value where the id has its place. Where there is a list already, beside what it holds when `beside`. */
export function put(request: Request, { in: source, at }: RouteId, value: unknown, beside = false): void {
  if (source !== 'body') {
    request[source][at] = value;
    return;
  }
  if (Array.isArray(request.body)) putInto(request.body.at(-1), at.replace('[].', ''), value, beside);
  else putInto((request.body ??= {}), at, value, beside);
}

function putInto(object: object, at: string, value: unknown, beside: boolean): void {
  const [first, ...rest] = at.split('.');
  const present: unknown = Reflect.get(object, first);
  if (rest.length > 0) {
    const inner = typeof present === 'object' && present !== null ? present : {};
    Reflect.set(object, first, inner);
    putInto(inner, rest.join('.'), value, beside);
  } else {
    const list =
      beside && Array.isArray(present) && Array.isArray(value)
        ? [...(present as unknown[]), ...value]
        : value;
    Reflect.set(object, first, list);
  }
}

/** Fills every place of the path, and every other one that is a field of its own, with one person's ids. */
export function putAll(request: Request, ids: readonly RouteId[], values: Ids): void {
  for (const id of ids) {
    const value = valueFor(id, values);
    if (value !== undefined && !id.name.includes('.')) put(request, id, value);
  }
}

export interface Reply {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly text: string;
}

/** A stream that has nothing more to say is left: those of threads never end. All others end long before. */
const ENDLESS = 'GET /threads/:thread_id/stream';
const SILENCE_MS = { endless: 300, ending: 30_000 };

export async function send(url: string, token: string | undefined, request: Request): Promise<Reply> {
  const { pattern, path, query, header, body, verb } = request;
  const target = pattern.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(path[name])));
  const search = new URLSearchParams(texts(query)).toString();
  const abort = new AbortController();
  const response = await fetch(`${url}${target}${search && `?${search}`}`, {
    method: verb,
    signal: abort.signal,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...texts(header),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const { status, headers } = response;
  const silence = `${verb} ${pattern}` === ENDLESS ? SILENCE_MS.endless : SILENCE_MS.ending;
  const isStream = headers.get('content-type')?.startsWith('text/event-stream');
  // What keeps a slow answer alive is a matter of time: heartbeats of a stream, line breaks before late JSON.
  const text = isStream
    ? (await readStream(response, abort, silence)).replaceAll(HEARTBEAT, '')
    : (await response.text()).trimStart();
  return { status, headers: [...headers], text };
}

const HEARTBEAT = /^: heartbeat\n+/gm;

async function readStream({ body }: Response, abort: AbortController, silence: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  const leave = setTimeout(() => abort.abort(), silence);
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      text += decoder.decode(chunk, { stream: true });
      leave.refresh();
    }
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    text += '(still open)';
  } finally {
    clearTimeout(leave);
  }
  return text;
}

function texts(record: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, textOf(value)]));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
