import { AsyncLocalStorage } from 'node:async_hooks';
import type { Decision } from './decision.js';
import { ScopeMissingError } from './errors.js';
import type { Principal } from './principal.js';

/** Under what the current code runs: for a principal, with the decisions taken for it; or as the system, with a reason. */
export type AuthorizationScope = PrincipalScope | SystemScope;

export interface PrincipalScope {
  readonly kind: 'principal';
  readonly principal: Principal;
  /** Resource -> the decision that holds for it. A resource that is not listed was not decided: its rows are out of reach. */
  readonly decisions: ReadonlyMap<string, Decision>;
}

export interface SystemScope {
  readonly kind: 'system';
  readonly reason: string;
}

interface Holder {
  scope: AuthorizationScope | undefined;
  /** When the request came, by the clock of `performance`. */
  readonly since: number;
  /** What the route or message handler works with. */
  input?: unknown;
}

const storage = new AsyncLocalStorage<Holder>();

/**
 * Carries the scope of a request or a run. A holder is opened around the whole request with `open`, before any guard, and
 * filled once by the guard; so nothing of one request ever reaches the next one of the same socket.
 */
export const AuthorizationContext = {
  /** Runs `fn` with an empty holder: every scoped query throws until `fill` was called. */
  open<T>(fn: () => T): T {
    return storage.run({ scope: undefined, since: performance.now() }, fn);
  },

  /**
   * Sets the scope of the holder that `open` made, and the input that was decided about.
   * @throws ScopeMissingError when there is no holder, or it is already filled.
   */
  fill(scope: AuthorizationScope, input?: unknown): void {
    const holder = storage.getStore();
    if (!holder)
      throw new ScopeMissingError('no authorization context is open: the request did not pass its hook');
    if (holder.scope) throw new ScopeMissingError('the authorization context is already filled');
    holder.scope = scope;
    holder.input = input;
  },

  current(): AuthorizationScope | undefined {
    return storage.getStore()?.scope;
  },

  /** The input that was decided about, as the handler left it. */
  input(): unknown {
    return storage.getStore()?.input;
  },

  /** @throws ScopeMissingError outside a principal's scope. */
  principal(): Principal {
    const scope = storage.getStore()?.scope;
    if (scope?.kind !== 'principal') throw new ScopeMissingError('no principal: nobody was authorized here');
    return scope.principal;
  },

  /** Runs `fn` in a scope of its own. The surrounding scope, if any, is untouched. */
  run<T>(scope: AuthorizationScope, fn: () => T): T {
    return inScope(scope, fn);
  },

  /**
   * Since when the current request is on its way, in milliseconds of the monotonic clock: before anybody was authenticated, so that
   * whoever takes rights away later knows that it may not have heard.
   */
  since(): number {
    return storage.getStore()?.since ?? performance.now();
  },
} as const;

function inScope<T>(scope: AuthorizationScope, fn: () => T): T {
  return storage.run({ scope, since: AuthorizationContext.since() }, fn);
}

/** The scope that holds exactly one decision. */
export function scopeOf(principal: Principal, resource: string, decision: Decision): PrincipalScope {
  const decisions = new Map<string, Decision>().set(resource, decision);
  return Object.freeze({ kind: 'principal', principal, decisions });
}

/**
 * Runs `fn` outside any principal's scope: boot, migrations, the queue's claim, sweeps. Never with anything from a request
 * that decides what is touched. `reason` is for the reader and for the log.
 *
 * @example await runAsSystem('claim the next run', () => queue.claim())
 */
export function runAsSystem<T>(reason: string, fn: () => T): T {
  return inScope(Object.freeze({ kind: 'system', reason }), fn);
}
