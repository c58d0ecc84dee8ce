import type { FilterInput } from './filter/filter.js';
import type { ActionOf, AuthEvent, AuthValue, EventPattern, EventsOf, ResourceOf } from './event.js';
import type { Principal } from './principal.js';

/** The one argument of a handler. A union, discriminated by `event`, where the handler covers several events. */
export type HandlerArgument<P extends EventPattern = '*'> = ArgumentOf<EventsOf<P>>;

type ArgumentOf<E extends AuthEvent> = E extends AuthEvent
  ? {
      readonly event: E;
      readonly resource: ResourceOf<E>;
      readonly action: ActionOf<E>;
      /** What is asked for. Handlers may change it, ids excepted; it is validated again afterwards. */
      readonly value: AuthValue<E>;
      readonly user: Principal;
      readonly permissions: readonly string[];
    }
  : never;

/** Nothing or `true` allows, `false` refuses with 403, an object is a metadata filter. Anything else is refused with 500. */
// eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- a handler that returns nothing allows
export type HandlerResult = boolean | null | undefined | void | FilterInput;

export type HandlerMethod<P extends EventPattern> = (
  argument: HandlerArgument<P>,
) => HandlerResult | Promise<HandlerResult>;

/** A handler as the registry keeps it. */
export interface Handler {
  readonly pattern: string;
  /** `OwnerPolicy.stampOwner`, for messages and explanations. */
  readonly name: string;
  readonly invoke: (argument: unknown) => unknown;
}
