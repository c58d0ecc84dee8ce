import type { ExecutionContext } from '@nestjs/common';
import { AuthorizationContext } from '../../src/on-auth/authorization.context.js';
import { whenThere } from '../../src/on-auth/eventual.js';
import { OnAuthGuard } from '../../src/on-auth/on-auth.guard.js';
import type { RouteRequest } from '../../src/on-auth/route.js';
import { RouteRegistry } from '../../src/on-auth/route.registry.js';
import { createServer } from '../../src/server.js';

/**
 * The service on the same routes without authentication, handler, filter and scope: what is left parses the request and runs as
 * the system. The difference to the service is the price of authorization.
 *
 * Usage: `node unauthorized.server.js <port>`; the settings are those of the service.
 */
const app = await createServer();
const routes = app.get(RouteRegistry);

OnAuthGuard.prototype.canActivate = (context: ExecutionContext) => {
  const access = routes.accessOf(context.getClass(), context.getHandler() as never);
  if (access?.kind !== 'authorized') return true;
  const request = context.switchToHttp().getRequest<RouteRequest>();
  return whenThere(access.input.parse(request), (input) => {
    AuthorizationContext.fill({ kind: 'system', reason: 'a benchmark without authorization' }, input);
    return true;
  });
};

await app.listen(Number(process.argv[2]), '127.0.0.1');
