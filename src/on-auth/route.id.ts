import { resourceOf, type AuthEvent, type AuthResource } from './event.js';

/** The part of a request that carries an id. */
export type IdSource = 'path' | 'query' | 'header' | 'body';

/**
 * What a request gets whose id names nothing that its caller may see: that status; a success with nothing of the row in it
 * (`empty`) or with `null`; an error event in the stream; or the same as without the id, as only the server says which row is
 * meant there (`ignored`). 409 is for ids that a client chooses and that are taken.
 */
export type Refusal = 204 | 403 | 404 | 409 | 'empty' | 'null' | 'stream error' | 'ignored';

export interface IdDeclaration {
  readonly in: IdSource;
  /** The place in that part, where the name does not say it: `[].assistant_id` of a body that is a list. */
  readonly at?: string;
  /** The resource whose filter covers the row; that of the route's event unless given. `none`: it names no row of anybody. */
  readonly resource?: AuthResource | 'none';
  /** 404 unless given. */
  readonly refusal?: Refusal;
  /** Whether handlers may change it, as they do with the namespaces of the store. */
  readonly rewritable?: boolean;
}

/**
 * The ids that a route takes, by name: `thread_id`, or `checkpoint.checkpoint_id` inside a field.
 *
 * @example { thread_id: 'path', assistant_id: { in: 'body', resource: 'assistants' } }
 */
export type RouteIds = Readonly<Record<string, IdSource | IdDeclaration>>;

/** A declared id with nothing left open. */
export interface RouteId {
  readonly name: string;
  readonly in: IdSource;
  readonly at: string;
  readonly resource: string;
  readonly refusal: Refusal;
  readonly rewritable: boolean;
}

/** @param parameters the names in the route's path; what is there is taken from there, whatever else may carry it */
export function routeIdsOf(
  ids: RouteIds,
  event: AuthEvent,
  parameters: readonly string[],
): readonly RouteId[] {
  return Object.entries(ids).map(([name, declared]) => {
    const {
      resource = resourceOf(event),
      refusal = 404,
      rewritable = false,
      ...place
    } = declarationOf(declared);
    const source = parameters.includes(name) ? 'path' : place.in;
    return { name, in: source, at: place.at ?? name, resource, refusal, rewritable };
  });
}

/** The ids that are no part of another field and name a row as they stand: compared in lower case, and not changed by handlers. */
export function fixedIdsOf(ids: RouteIds): readonly string[] {
  return Object.entries(ids)
    .filter(([name, declared]) => !name.includes('.') && namesRow(declarationOf(declared)))
    .map(([name]) => name);
}

function namesRow({ resource, rewritable = false }: IdDeclaration): boolean {
  return resource !== 'none' && !rewritable;
}

/** The ids of an object, as those of a field that holds it. */
export function idsWithin(field: string, ids: RouteIds): RouteIds {
  return Object.fromEntries(Object.entries(ids).map(([name, id]) => [`${field}.${name}`, id]));
}

export function declarationOf(declared: IdSource | IdDeclaration): IdDeclaration {
  return typeof declared === 'string' ? { in: declared } : declared;
}
