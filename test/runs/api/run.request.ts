import type { RouteInput, RouteRequest } from '../../../src/on-auth/index.js';

export const THREAD_ID = '01890000-0000-7000-8000-000000000001';
export const RUN_ID = '01890000-0000-7000-8000-000000000002';

type Parts = Partial<Pick<RouteRequest, 'params' | 'query' | 'headers' | 'body'>>;

/** What a route makes of a request. */
export async function parsed<I>(
  input: { parse: RouteInput<never, I>['parse'] },
  { params = {}, query = {}, headers = {}, body }: Parts,
): Promise<I> {
  return input.parse({ method: 'POST', url: '/', params, query, headers, body });
}
