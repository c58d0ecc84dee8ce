import { actionOf, resourceOf } from '../on-auth/event.js';
import { isOwnRoute } from '../on-auth/explain/row.request.js';
import type { RouteRegistry } from '../on-auth/index.js';

/** Where a route is, and what it is called. */
export interface RouteAddress {
  readonly resource: string;
  readonly action: string;
  /** The name of the controller's method. */
  readonly name: string;
  readonly method: string;
  /** Such as `/threads/:thread_id`. */
  readonly path: string;
  /** The names of the path's parameters. */
  readonly parameters: readonly string[];
  /** Whether the controller is the resource's own. */
  readonly isOwn: boolean;
}

/** The addresses of all routes that fire an event. */
export function addressesOf(routes: RouteRegistry): readonly RouteAddress[] {
  return routes.requested().flatMap((route) => {
    const { name, verb, paths, parameters, access } = route;
    if (access.kind === 'public') return [];
    const resource = resourceOf(access.event);
    const [path] = paths;
    return {
      resource,
      action: actionOf(access.event),
      name: name.slice(name.lastIndexOf('.') + 1),
      method: verb,
      path,
      parameters,
      isOwn: isOwnRoute(route),
    };
  });
}

/**
 * The route that a call by name means: a method of the resource's own controller, or else an action; of several the one that uses
 * most of what is given, and the shortest of those.
 */
export function addressFor(
  name: string,
  addresses: readonly RouteAddress[],
  given: Readonly<Record<string, unknown>>,
): RouteAddress | undefined {
  const own = addresses.filter((address) => address.isOwn && address.name === name);
  const named = addresses.filter((address) => address.action === name || address.name === name);
  return (own.length > 0 ? own : named)
    .filter(({ parameters }) => parameters.every((parameter) => given[parameter] !== undefined))
    .sort((a, b) => b.parameters.length - a.parameters.length || a.path.length - b.path.length)[0];
}
