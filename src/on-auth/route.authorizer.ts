import { Injectable } from '@nestjs/common';
import { Authorizer } from './authorizer.js';
import type { Allow, Deny, Restrict } from './decision.js';
import { HandlerFaultError } from './errors.js';
import { whenThere, type Eventual } from './eventual.js';
import type { Principal } from './principal.js';
import type { AuthorizedAccess, RouteRequest } from './route.js';

/** What was decided about a request; where it is not denied, also the route's input as the handler left it. */
export type DecidedRoute =
  | { readonly value: object; readonly decision: Deny }
  | { readonly value: object; readonly decision: Allow | Restrict; readonly authorized: unknown };

/** Has the event of a route decided for a request: for the guard, and for who asks what the guard would say. */
@Injectable()
export class RouteAuthorizer {
  constructor(private readonly authorizer: Authorizer) {}

  /**
   * @throws HttpException 422 (400, 413, 415) for a request that the route does not take
   * @throws HandlerFaultError when the handler changed an id or left a wrong value; everything that `Authorizer.decide` throws
   */
  decide(access: AuthorizedAccess, principal: Principal, request: RouteRequest): Eventual<DecidedRoute> {
    const { event, input: route, fixed } = access;
    return whenThere(route.parse(request), (input) => {
      const value = route.value(input, principal);
      const ids = fixed.map((key) => idOf(value, key));
      return whenThere(this.authorizer.decide(principal, event, value), (decision) => {
        if (decision.kind === 'deny') return { value, decision };
        const changed = fixed.find((key, index) => idOf(value, key) !== ids[index]);
        if (changed !== undefined)
          throw new HandlerFaultError(
            `the handler of ${event} changed ${changed}; handlers cannot change ids`,
          );
        return { value, decision, authorized: route.accept(input, value) };
      });
    });
  }
}

/** Lists of ids may be narrowed: the route asks for what its request names as well. */
function idOf(value: object, key: string): unknown {
  const id: unknown = Reflect.get(value, key);
  return Array.isArray(id) ? undefined : id;
}
