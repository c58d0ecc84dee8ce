import type { AuthCallbacks } from './langgraph-auth.handlers.js';
import type { AuthenticateCallback } from './langgraph-auth.strategy.js';

/** What was registered on an `Auth` object of `@langchain/langgraph-sdk/auth`. */
export interface LangGraphAuth {
  readonly authenticate: AuthenticateCallback;
  readonly callbacks: AuthCallbacks;
}

/** An `Auth` object that cannot decide anything, or something else in its place. At boot it stops the boot. */
export class InvalidAuthError extends Error {
  override readonly name = 'InvalidAuthError';
}

type Callback = (argument: never) => unknown;

/**
 * Reads an `Auth` object. It is told by the property in which it keeps what was registered, not by its class: a project brings its
 * own copy of the SDK.
 *
 * @param source where it is from, such as `./auth.ts:auth`, for messages
 * @throws InvalidAuthError that names the source and the cure
 */
export function parseLangGraphAuth(candidate: unknown, source: string): LangGraphAuth {
  const registered = isObject(candidate) ? candidate['~handlerCache'] : undefined;
  if (!isObject(registered))
    throw new InvalidAuthError(
      `${source} is no Auth object; export the new Auth() of @langchain/langgraph-sdk/auth that has the callbacks.`,
    );
  const { authenticate, callbacks = {} } = registered;
  if (!isCallback<AuthenticateCallback>(authenticate))
    throw new InvalidAuthError(
      `${source} has no callback to authenticate with; add .authenticate(...), so that callers can prove who they are.`,
    );
  return { authenticate, callbacks: parseCallbacks(callbacks, source) };
}

function parseCallbacks(callbacks: unknown, source: string): AuthCallbacks {
  if (!isObject(callbacks))
    throw new InvalidAuthError(
      `${source} keeps its callbacks in a way that is not known; use the Auth of @langchain/langgraph-sdk/auth as it is.`,
    );
  for (const [pattern, callback] of Object.entries(callbacks)) {
    if (!isCallback(callback))
      throw new InvalidAuthError(
        `${source} has no function for .on(${JSON.stringify(pattern)}); give it one.`,
      );
  }
  return callbacks as AuthCallbacks;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isCallback<T extends Callback>(value: unknown): value is T {
  return typeof value === 'function';
}
