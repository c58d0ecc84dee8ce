import { UnprocessableEntityException } from '@nestjs/common';
import type { RouteRequest } from './route.js';
import { isStorable } from './storable.js';

/**
 * A message as inputs and strategies read requests: what came with it as headers, and its data as body, path and query at once, so that the
 * input of a route serves a message too.
 *
 * @param handler the name of its handler, for who logs the request
 */
export function messageRequest(
  data: unknown,
  headers: RouteRequest['headers'] = {},
  handler = '',
): RouteRequest & { readBody(): Promise<unknown> } {
  const fields = typeof data === 'object' && data !== null && !Array.isArray(data) ? data : {};
  return {
    method: 'MESSAGE',
    url: handler,
    headers,
    params: fields,
    query: fields,
    body: data,
    readBody: () => (isStorable(data) ? Promise.resolve(data) : Promise.reject(unstorable())),
  };
}

function unstorable(): Error {
  return new UnprocessableEntityException(
    'the message is nested too deep, or has text that cannot be stored',
  );
}
