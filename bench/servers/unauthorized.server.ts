import type { ExecutionContext } from '@nestjs/common';
import { AuthorizationContext } from '../../src/on-auth/authorization.context.js';
import { whenThere, type Eventual } from '../../src/on-auth/eventual.js';
import { OnAuthGuard } from '../../src/on-auth/on-auth.guard.js';
import { PassportAuthenticator } from '../../src/on-auth/passport.authenticator.js';
import type { AuthorizedAccess, RouteRequest } from '../../src/on-auth/route.js';
import { RouteRegistry } from '../../src/on-auth/route.registry.js';
import { createServer } from '../../src/server.js';

/**
 * The service on the same routes without handler, filter and scope: what is left parses the request and runs as the system. The
 * difference to the service is the price of authorization. Nobody is authenticated either, unless it is asked for.
 *
 * Usage: `node unauthorized.server.js <port> [authenticated]`; the settings are those of the service.
 */
const [, , port, mode] = process.argv;
const app = await createServer();
const routes = app.get(RouteRegistry);
const authenticator = app.get(PassportAuthenticator, { strict: false });

OnAuthGuard.prototype.canActivate = (context: ExecutionContext) => {
  const access = routes.accessOf(context.getClass(), context.getHandler() as never);
  if (access?.kind !== 'authorized') return true;
  const request = context.switchToHttp().getRequest<RouteRequest>();
  return mode === 'authenticated'
    ? whenThere(authenticator.authenticate(request), () => enter(access, request))
    : enter(access, request);
};

function enter(access: AuthorizedAccess, request: RouteRequest): Eventual<true> {
  return whenThere(access.input.parse(request), (input): true => {
    AuthorizationContext.fill({ kind: 'system', reason: 'a benchmark without authorization' }, input);
    return true;
  });
}

await app.listen(Number(port), '127.0.0.1');
