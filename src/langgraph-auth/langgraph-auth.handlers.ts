import type { Handler } from '../on-auth/index.js';

/** The `.on(...)` callbacks of an `Auth` object, by the event pattern that they were registered for. */
export type AuthCallbacks = Readonly<Record<string, (argument: unknown) => unknown>>;

/** The callbacks of a LangGraph project as handlers: resolved and checked like those of `@OnAuth`. */
export function handlersOf(callbacks: AuthCallbacks): readonly Handler[] {
  return Object.entries(callbacks).map(([pattern, invoke]) => ({
    pattern,
    name: `auth.on(${JSON.stringify(pattern)})`,
    invoke,
  }));
}
