import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { AuthorizationContext, scopeOf } from './authorization.context.js';
import { ForbiddenError } from './errors.js';
import { resourceOf } from './event.js';
import { guardedRequestOf } from './guarded.request.js';
import { ON_AUTH_OPTIONS, type OnAuthOptions } from './on-auth.options.js';
import { PassportAuthenticator } from './passport.authenticator.js';
import { RouteAuthorizer } from './route.authorizer.js';
import type { AuthorizedAccess, RouteRequest } from './route.js';
import { RouteRegistry } from './route.registry.js';

/**
 * The one global guard of routes and message handlers: authenticates, builds the event's value, has it decided, and leaves the
 * decision in the authorization context, with the input of the route or message. 401 comes before 429, that before 422, and 422 before 403.
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
    const request = guardedRequestOf(context);
    if (!access || !request) throw new ForbiddenError();
    if (access.kind === 'authorized') await this.authorize(access, request);
    return true;
  }

  private async authorize(access: AuthorizedAccess, request: RouteRequest): Promise<void> {
    const principal = await this.authenticator.authenticate(request);
    const admitted = this.options.admission.admit(principal);
    if (admitted) await admitted;
    const decided = await this.authorizer.decide(access, principal, request);
    if (!('authorized' in decided)) throw new ForbiddenError();
    const scope = scopeOf(principal, resourceOf(access.event), decided.decision);
    AuthorizationContext.fill(scope, decided.authorized);
  }
}
