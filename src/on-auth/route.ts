import type { Type } from '@nestjs/common';
import type { AuthEvent, AuthValue } from './event.js';
import type { Principal } from './principal.js';
import type { IdSource, RouteId, RouteIds } from './route.id.js';

/** The parts of a request that a route's input may be read from. */
export interface RouteRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly params: unknown;
  readonly query: unknown;
  readonly body?: unknown;
}

/** Where the parts of an input stand in a request: for who describes the route, not for who reads it. */
export interface RequestShape {
  /** The class whose rules of validation say what each field may hold. */
  readonly type: Type<object>;
  readonly fields: readonly RequestField[];
  /** The body is a list of 1 to this many objects of the class. */
  readonly listOf?: number;
  /** Fields one of which has to be given at least. */
  readonly anyOf?: readonly string[];
}

export interface RequestField {
  /** Of the class. */
  readonly name: string;
  /** The path where the route's path has that name, whatever is said here. */
  readonly in: IdSource;
  /** The name on the wire. */
  readonly at: string;
  /** Whether `null` is a value of it, and not the same as nothing. */
  readonly nullable: boolean;
}

/**
 * How a route turns its request into the value of its event, and takes it back from the handler.
 * `I` is what the controller gets: the parsed request with what the handler changed.
 */
export interface RouteInput<E extends AuthEvent = AuthEvent, I = unknown> {
  /** Every id that the request can carry. Handlers cannot change those that are keys of the value. */
  readonly ids: RouteIds;
  /**
   * The names of all places that can carry an id, as the fields of the request tell; each one has to be among `ids`, or the boot
   * is refused. `routeInput` finds them; an input that is written by hand lists its own, besides those in the path.
   */
  readonly carriers: readonly string[];
  /** `routeInput` knows it. A route without it is documented without its parameters and its body. */
  readonly shape?: RequestShape;
  /** Reads and validates the request. @throws HttpException 422 (400, 413, 415) that names the field */
  parse(request: RouteRequest): I | Promise<I>;
  /** The value that handlers see, filled with defaults, in the shape of the contract's section 1.9. */
  value(input: I, principal: Principal): AuthValue<E>;
  /** Takes back what the handler left, validated again. @throws HandlerFaultError when it is no longer valid */
  accept(input: I, value: AuthValue<E>): I;
}

/** What a route declares: the event it fires and its input; or that it is open to everybody. */
export type RouteAccess = AuthorizedAccess | { readonly kind: 'public' };

export interface AuthorizedAccess {
  readonly kind: 'authorized';
  readonly event: AuthEvent;
  /** Events that its use case may fire besides, by `Authorizer.within`. */
  readonly further: readonly AuthEvent[];
  readonly input: RouteInput;
  readonly ids: readonly RouteId[];
  /** The keys of the value that handlers cannot change. */
  readonly fixed: readonly string[];
}
