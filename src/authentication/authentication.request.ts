import type { IncomingHttpHeaders } from 'node:http';
import { UnauthenticatedError } from '../on-auth/errors.js';

/** A request of either HTTP platform of Nest: Fastify's wraps Node's in `raw`, Express's is Node's. */
export interface AuthenticationRequest {
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders?: readonly string[];
  readonly raw?: { readonly rawHeaders: readonly string[] };
}

const AUTHORIZATION = 'authorization';

/** One space, no lists: two readers of the header cannot see two tokens in it. The scheme's case is free (RFC 9110, 11.1). */
const BEARER = /^Bearer ([A-Za-z0-9_.-]+)$/i;

/**
 * The token of the `Authorization` header. The query string is never looked at: it ends up in logs.
 *
 * @throws UnauthenticatedError for several such headers
 */
export function bearerTokenOf(request: AuthenticationRequest): string | null {
  refuseSeveralAuthorizations(request);
  return BEARER.exec(request.headers.authorization ?? '')?.[1] ?? null;
}

/**
 * Node keeps the first `Authorization` header and drops the others, which a proxy in front may have gone by.
 *
 * @throws UnauthenticatedError whatever else the request proves
 */
export function refuseSeveralAuthorizations(request: AuthenticationRequest): void {
  const lines = (request.raw ?? request).rawHeaders ?? [];
  let count = 0;
  for (let index = 0; index < lines.length; index += 2) {
    if (lines[index].length === AUTHORIZATION.length && lines[index].toLowerCase() === AUTHORIZATION)
      count += 1;
  }
  if (count > 1) throw new UnauthenticatedError();
}
