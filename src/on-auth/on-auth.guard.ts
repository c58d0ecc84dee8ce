import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { AuthorizationContext, scopeOf } from './authorization.context.js';
import type { AuthorizedRequest } from './authorize.decorator.js';
import { ForbiddenError } from './errors.js';
import { resourceOf } from './event.js';
import { ON_AUTH_OPTIONS, type OnAuthOptions } from './on-auth.options.js';
import { PassportAuthenticator } from './passport.authenticator.js';
import { RouteAuthorizer } from './route.authorizer.js';
import type { AuthorizedAccess, RouteRequest } from './route.js';
import { RouteRegistry } from './route.registry.js';

/**
 * The one global guard: authenticates, builds the event's value, has it decided, and leaves the decision in the
 * authorization context and the route's input on the request. 401 comes before 429, that before 422, and 422 before 403.
 */
@Injectable()
export class OnAuthGuard implements CanActivate {
  constructor(
    private readonly routes: RouteRegistry,
    private readonly authenticator: PassportAuthenticator,
    private readonly authorizer: RouteAuthorizer,
    @Inject(ON_AUTH_OPTIONS) private readonly options: Pick<OnAuthOptions, 'admission'>,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.routes.accessOf(context.getClass(), context.getHandler() as never);
    if (!access || context.getType() !== 'http') throw new ForbiddenError();
    if (access.kind === 'public') return true;
    await this.authorize(access, context.switchToHttp().getRequest<RouteRequest & AuthorizedRequest>());
    return true;
  }

  private async authorize(access: AuthorizedAccess, request: RouteRequest & AuthorizedRequest) {
    const principal = await this.authenticator.authenticate(request);
    const admitted = this.options.admission.admit(principal);
    if (admitted) await admitted;
    const decided = await this.authorizer.decide(access, principal, request);
    if (!('authorized' in decided)) throw new ForbiddenError();
    request.authorized = decided.authorized;
    AuthorizationContext.fill(scopeOf(principal, resourceOf(access.event), decided.decision));
  }
}
