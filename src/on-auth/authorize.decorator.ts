import { SetMetadata, createParamDecorator } from '@nestjs/common';
import { AuthorizationContext } from './authorization.context.js';
import type { ActionOf, AuthEvent, AuthResource } from './event.js';
import { AUTHORIZE_METADATA, PUBLIC_METADATA, type Authorization } from './metadata.accessor.js';
import type { Principal } from './principal.js';
import type { RouteInput } from './route.js';

export interface AuthorizeOptions {
  /** Events that the route's use case may fire besides, by `Authorizer.within`. */
  readonly further?: readonly AuthEvent[];
}

/**
 * Declares the event that a route or a message handler fires, and how its value is read from the request. Each declares this or
 * `@Public()`; otherwise the boot stops.
 *
 * @example
 * @Get(':thread_id')
 * @Authorize('threads', 'read', ThreadById)
 * get(@Authorized() { thread_id }: ThreadById) { return this.threads.get(thread_id); }
 */
export function Authorize<
  R extends AuthResource,
  A extends ActionOf<Extract<AuthEvent, `${R}:${string}`>>,
  I,
>(
  resource: R,
  action: A,
  input: RouteInput<NoInfer<Extract<AuthEvent, `${R}:${A}`>>, I>,
  { further = [] }: AuthorizeOptions = {},
): MethodDecorator & ClassDecorator {
  const event = `${resource}:${action}` as AuthEvent;
  return SetMetadata(AUTHORIZE_METADATA, Object.freeze<Authorization>({ event, input, further }));
}

/** Opens a route to everybody: no authentication, no handler, and no scope, so scoped data is out of its reach. */
export function Public(): MethodDecorator & ClassDecorator {
  return SetMetadata(PUBLIC_METADATA, true);
}

/** The input of the route or message after the handler has decided: what a controller works with instead of what was sent. */
export const Authorized = createParamDecorator(() => AuthorizationContext.input());

/** The principal of the request or message. */
export const CurrentUser = createParamDecorator((): Principal => AuthorizationContext.principal());
