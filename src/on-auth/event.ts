/**
 * Every event and the value that its handlers see. Features add theirs by declaration merging:
 *
 * @example
 * declare module '../on-auth/event.js' {
 *   interface AuthEventMap { 'invoices:read': { invoice_id: string } }
 * }
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled by declaration merging
export interface AuthEventMap {}

/** A `resource:action` pair, such as `threads:create`. */
export type AuthEvent = keyof AuthEventMap & `${string}:${string}`;
export type AuthResource = ResourceOf<AuthEvent>;
export type AuthAction = ActionOf<AuthEvent>;

export type ResourceOf<E extends string> = E extends `${infer R}:${string}` ? R : never;
export type ActionOf<E extends string> = E extends `${string}:${infer A}` ? A : never;
/** The value of an event, in the shape of the server contract, section 1.9. */
export type AuthValue<E extends AuthEvent> = AuthEventMap[E];

/** What a handler can be registered for, from the most to the least specific. */
export type EventPattern = AuthEvent | AuthResource | `*:${AuthAction}` | '*';

/** The events that a pattern covers. */
export type EventsOf<P extends EventPattern> = P extends '*'
  ? AuthEvent
  : P extends `*:${infer A}`
    ? Extract<AuthEvent, `${string}:${A}`>
    : P extends AuthEvent
      ? P
      : Extract<AuthEvent, `${P}:${string}`>;

export function resourceOf(event: string): string {
  return event.slice(0, event.indexOf(':'));
}

export function actionOf(event: string): string {
  return event.slice(event.indexOf(':') + 1);
}

/**
 * The patterns that cover an event, most specific first: `resource:action`, `resource`, `*:action`, `*`.
 * The order of the LangGraph custom authorization documentation.
 */
export function patternsFor(event: string): readonly [string, string, string, string] {
  return [event, resourceOf(event), `*:${actionOf(event)}`, '*'];
}
