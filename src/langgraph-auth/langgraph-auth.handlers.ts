import type { Handler } from '../on-auth/index.js';

/** The `.on(...)` callbacks of an `Auth` object, by the event pattern that they were registered for. */
export type AuthCallbacks = Readonly<Record<string, (argument: unknown) => unknown>>;

/**
 * The callbacks of a LangGraph project as handlers: resolved and checked like those of `@OnAuth`.
 *
 * @param source where the `Auth` object is from, such as `./auth.ts:auth`, for messages
 */
export function handlersOf(callbacks: AuthCallbacks, source: string): readonly Handler[] {
  return Object.entries(callbacks).map(([pattern, invoke]) => ({
    pattern,
    name: `.on(${JSON.stringify(pattern)}) of ${source}`,
    invoke,
  }));
}
