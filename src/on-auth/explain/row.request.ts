import { PATH_METADATA } from '@nestjs/common/constants.js';
import { resourceOf } from '../event.js';
import { isMessageRoute } from '../message.pattern.js';
import { messageRequest } from '../message.request.js';
import type { DeclaredRoute } from '../route.explorer.js';
import type { RouteId } from '../route.id.js';
import type { AuthorizedAccess, RouteRequest } from '../route.js';

/** A route together with the event that it fires. */
export type FiringRoute = DeclaredRoute & { readonly access: AuthorizedAccess };

/**
 * The route that stands for an event: of those that fire it one of the resource's own controller (`@Controller('threads')`), then one
 * that names its row in the path, then the one that needs the fewest ids.
 *
 * @param name `ThreadsController.copy`, for a certain one
 */
export function routeFor(
  event: string,
  routes: readonly DeclaredRoute[],
  name?: string,
): FiringRoute | undefined {
  const firing = routes.filter((route): route is FiringRoute => firesEvent(route, event));
  const [first, ...others] = firing.filter((route) => name === undefined || route.name === name);
  return others.reduce((best, route) => (rank(route) < rank(best) ? route : best), first);
}

/** A request to a route that names this id where the route reads its row's from. */
export function requestNaming(
  id: string,
  { access, verb }: FiringRoute,
  body: Readonly<Record<string, unknown>> = {},
): RouteRequest {
  const ids = rowIdsOf(access);
  if (isMessageRoute({ verb }))
    return messageRequest({
      ...Object.fromEntries(ids.map(({ name }) => [name, isList(name) ? [id] : id])),
      ...body,
    });
  const at = (source: RouteId['in']) =>
    Object.fromEntries(
      ids.filter((each) => each.in === source).map(({ name }) => [name, isList(name) ? [id] : id]),
    );
  return {
    method: 'GET',
    url: '/',
    headers: {},
    params: at('path'),
    query: at('query'),
    body: { ...at('body'), ...body },
  };
}

/** The id by which the value of an event names its row. */
export function idNamedBy(value: object, { access }: FiringRoute): string | undefined {
  const ids = rowIdsOf(access).map(({ name }): unknown => Reflect.get(value, name));
  return ids.flat().find((id) => typeof id === 'string');
}

function firesEvent({ access }: DeclaredRoute, event: string): boolean {
  return access.kind === 'authorized' && access.event === event;
}

const WITHOUT_PATH = 100;
const FOREIGN = 1000;

function rank(route: FiringRoute): number {
  const ids = rowIdsOf(route.access);
  const isInPath = ids.some((id) => id.in === 'path');
  return ids.length + (isInPath ? 0 : WITHOUT_PATH) + (isOwnRoute(route) ? 0 : FOREIGN);
}

/** Whether the controller is that of the event's resource, such as `@Controller('threads')`. */
export function isOwnRoute({ access, controller }: DeclaredRoute): boolean {
  const path: unknown = Reflect.getMetadata(PATH_METADATA, controller);
  return access.kind === 'authorized' && path === resourceOf(access.event);
}

/** Where the row of the event's resource is named: in the path if there is a place, and else in query and body. */
function rowIdsOf({ event, ids }: AuthorizedAccess): readonly RouteId[] {
  const own = ids.filter(
    ({ name, at, resource }) => resource === resourceOf(event) && at === name && !at.includes('.'),
  );
  const inPath = own.filter((id) => id.in === 'path');
  return inPath.length > 0 ? inPath : own;
}

/** `ids`, `thread_ids`: what names several rows is called so throughout. */
function isList(name: string): boolean {
  return /(^|_)ids$/.test(name);
}
