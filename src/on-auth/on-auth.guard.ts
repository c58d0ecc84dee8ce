import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { AuthorizationContext, scopeOf } from './authorization.context.js';
import { ForbiddenError } from './errors.js';
import { whenThere, type Eventual } from './eventual.js';
import { resourceOf } from './event.js';
import { guardedRequestOf } from './guarded.request.js';
import { ON_AUTH_OPTIONS, type OnAuthOptions } from './on-auth.options.js';
import { PassportAuthenticator } from './passport.authenticator.js';
import { RouteAuthorizer, type DecidedRoute } from './route.authorizer.js';
import type { Principal } from './principal.js';
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

  /** Answers at once where everybody who is asked does. */
  canActivate(context: ExecutionContext): Eventual<boolean> {
    const access = this.routes.accessOf(context.getClass(), context.getHandler() as never);
    const request = guardedRequestOf(context);
    if (!access || !request) throw new ForbiddenError();
    return access.kind === 'authorized' ? this.authorize(access, request) : true;
  }

  private authorize(access: AuthorizedAccess, request: RouteRequest): Eventual<true> {
    return whenThere(this.authenticator.authenticate(request), (principal) =>
      whenThere(this.options.admission.admit(principal), () =>
        whenThere(this.authorizer.decide(access, principal, request), (decided) =>
          enter(access, principal, decided),
        ),
      ),
    );
  }
}

function enter({ event }: AuthorizedAccess, principal: Principal, decided: DecidedRoute): true {
  if (!('authorized' in decided)) throw new ForbiddenError();
  AuthorizationContext.fill(scopeOf(principal, resourceOf(event), decided.decision), decided.authorized);
  return true;
}
