import type { RouteId } from '../../on-auth/route.id.js';
import type { Send } from './request.js';
import type { Ids, World } from './template.js';

/** A request of somebody who makes rows; the parsed body of an answer that has to be a success. */
export type Ask = (method: string, path: string, body?: unknown) => Promise<unknown>;

/** Makes rows for whoever asks, each time other ones, with `secret` in what they hold, and tells their ids by name. */
export type MakeRows = (ask: Ask, secret: string) => Promise<Ids>;

export interface OwnRows extends World<Ids> {
  /** Other rows each time: they may be changed. */
  readonly fresh: () => Promise<Ids>;
}

export function ownRowsOf(makeRows: MakeRows, ask: Ask, secret: string): OwnRows {
  let made: Promise<Ids> | undefined;
  const fresh = (): Promise<Ids> => makeRows(ask, secret);
  return { fresh, settled: () => (made ??= fresh()) };
}

export function asking(send: Send, headers: Readonly<Record<string, string>>): Ask {
  return async (verb, pattern, body) => {
    const { status, text } = await send({ verb, pattern, path: {}, query: {}, header: {}, body }, headers);
    if (status < 200 || status > 299) throw new Error(`${verb} ${pattern} is answered ${status}: ${text}`);
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  };
}

/**
 * The value for a place: the id of that name, or for `invoice_ids` a list of the one called `invoice_id`.
 * @throws TypeError for a name that is not among the ids
 */
export function idNamed({ name, resource }: RouteId, ids: Ids): unknown {
  if (resource === 'none') return undefined;
  const last = name.slice(name.lastIndexOf('.') + 1);
  if (Object.hasOwn(ids, last)) return ids[last];
  const single = last.replace(/s$/, '');
  if (Object.hasOwn(ids, single)) return [ids[single]];
  throw new TypeError(`No row has the id "${last}": rows(...) has to tell one of that name.`);
}
