import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { AuthorizationContext, scopeOf } from './authorization.context.js';
import type { AuthorizedRequest } from './authorize.decorator.js';
import { Authorizer } from './authorizer.js';
import { ForbiddenError, HandlerFaultError } from './errors.js';
import { resourceOf } from './event.js';
import { PassportAuthenticator } from './passport.authenticator.js';
import type { AuthorizedAccess, RouteRequest } from './route.js';
import { RouteRegistry } from './route.registry.js';

/**
 * The one global guard: authenticates, builds the event's value, has it decided, and leaves the decision in the
 * authorization context and the route's input on the request. 401 comes before 422, and 422 before 403.
 */
@Injectable()
export class OnAuthGuard implements CanActivate {
  constructor(
    private readonly routes: RouteRegistry,
    private readonly authenticator: PassportAuthenticator,
    private readonly authorizer: Authorizer,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.routes.accessOf(context.getClass(), context.getHandler() as never);
    if (!access || context.getType() !== 'http') throw new ForbiddenError();
    if (access.kind === 'public') return true;
    await this.authorize(access, context.switchToHttp().getRequest<RouteRequest & AuthorizedRequest>());
    return true;
  }

  private async authorize(
    { event, input: route, fixed }: AuthorizedAccess,
    request: RouteRequest & AuthorizedRequest,
  ) {
    const principal = await this.authenticator.authenticate(request);
    const input = await route.parse(request);
    const value = route.value(input, principal);
    const ids = fixed.map((key) => [key, idOf(value, key)] as const);
    const decision = await this.authorizer.decide(principal, event, value);
    if (decision.kind === 'deny') throw new ForbiddenError();
    const changed = ids.find(([key, before]) => idOf(value, key) !== before);
    if (changed)
      throw new HandlerFaultError(
        `the handler of ${event} changed ${changed[0]}; handlers cannot change ids`,
      );
    request.authorized = route.accept(input, value);
    AuthorizationContext.fill(scopeOf(principal, resourceOf(event), decision));
  }
}

/** Lists of ids may be narrowed: the route asks for what its request names as well. */
function idOf(value: object, key: string): unknown {
  const id: unknown = Reflect.get(value, key);
  return Array.isArray(id) ? undefined : id;
}
