import type { RouteId } from '../../on-auth/route.id.js';
import type { Template, World } from './template.js';

/** A request that can be sent, with its parts apart, so that an id can be put in its place. */
export interface ReplayRequest {
  readonly verb: string;
  readonly pattern: string;
  readonly path: Record<string, unknown>;
  readonly query: Record<string, unknown>;
  readonly header: Record<string, unknown>;
  body: unknown;
}

export interface Reply {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly text: string;
}

/** Sends a request with the headers by which somebody proves who they are; none are nobody's. */
export type Send = (
  request: ReplayRequest,
  headers: Readonly<Record<string, string>> | undefined,
) => Promise<Reply>;

export function requestOf<I extends object, W extends World<I>>(
  { route, path = {}, query = {}, headers = {}, body }: Template<I, W>,
  ids: I,
): ReplayRequest {
  const [verb, pattern] = route.split(' ');
  const parameters = [...pattern.matchAll(/:(\w+)/g)].map(([, name]) => [
    name,
    Reflect.get(ids, name) as unknown,
  ]);
  return {
    verb,
    pattern,
    path: { ...(Object.fromEntries(parameters) as Record<string, unknown>), ...path },
    query: { ...(typeof query === 'function' ? query(ids) : query) },
    header: { ...headers },
    body: structuredClone(body?.(ids)),
  };
}

/** Where a request goes: its path and query, filled and encoded. */
export function targetOf({ pattern, path, query }: ReplayRequest): string {
  const target = pattern.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(path[name])));
  const search = new URLSearchParams(textsOf(query)).toString();
  return search === '' ? target : `${target}?${search}`;
}

/** What is no text is written as JSON. */
export function textsOf(record: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}

/** Puts a value where the id has its place. Where there is a list already, beside what it holds when `beside`. */
export function put(
  request: ReplayRequest,
  { in: source, at }: RouteId,
  value: unknown,
  beside = false,
): void {
  if (source !== 'body') {
    request[source][at] = value;
    return;
  }
  if (Array.isArray(request.body))
    putInto(request.body.at(-1) as object, at.replace('[].', ''), value, beside);
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
        ? [...(present as unknown[]), ...(value as unknown[])]
        : value;
    Reflect.set(object, first, list);
  }
}
