import { WiringError } from './errors.js';
import { isMessageRoute } from './message.pattern.js';
import type { RouteAccess } from './route.js';
import { declarationOf } from './route.id.js';

/** What of a route its ids are held against. */
export interface InspectedRoute {
  /** `ThreadsController.search`, for messages. */
  readonly name: string;
  readonly verb: string;
  /** The names in its path. */
  readonly parameters: readonly string[];
  readonly access: RouteAccess;
}

/**
 * Holds what a route can take an id from against the ids that it declares: one that is forgotten would be one that nobody
 * covers, nobody lists and nobody tests.
 *
 * @throws WiringError that names the route, the id and the cure
 */
export function inspectRouteIds({ name, verb, parameters, access }: InspectedRoute): void {
  if (access.kind === 'public') return;
  const { ids, carriers } = access.input;
  if (carriers === undefined) {
    throw new WiringError(
      `${name} has an input that does not say what can carry an id; make it with routeInput(...) or list its carriers.`,
    );
  }
  const forgotten = [...parameters, ...carriers].find((carrier) => !Object.hasOwn(ids, carrier));
  if (forgotten !== undefined) {
    const place = parameters.includes(forgotten) ? 'in its path' : 'in its request';
    throw new WiringError(
      `${name} takes ${forgotten} ${place} and does not declare it; add ${forgotten} to the ids of its input.`,
    );
  }
  // A message has no path: what an input would take from there is in its data.
  if (isMessageRoute({ verb })) return;
  const gone = Object.keys(ids).find(
    (id) => declarationOf(ids[id]).in === 'path' && !parameters.includes(id),
  );
  if (gone !== undefined) {
    throw new WiringError(
      `${name} declares ${gone} in its path, which has none; correct the path or the ids of its input.`,
    );
  }
}
