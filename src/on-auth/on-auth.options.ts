import type { Admission } from './admission.js';
import type { Handler } from './handler.js';
import type { AuthenticationStrategy } from './passport.authenticator.js';

export const ON_AUTH_OPTIONS = Symbol('OnAuthOptions');
export const DEFAULT_HANDLER_TIMEOUT_MS = 5000;

/** What an application configures. */
export interface OnAuthModuleOptions {
  /** Passport strategies, asked in this order; the first that succeeds names the principal. At least one. */
  readonly strategies: readonly AuthenticationStrategy[];
  /** Handlers that are no methods of providers, such as those of a LangGraph project. Checked like all others. */
  readonly handlers?: readonly Handler[];
  /** Events that a handler may name although no route fires them, such as those of a protocol that is served in part. */
  readonly knownEvents?: readonly string[];
  /** Whether a caller may make one more request. Everybody may unless given. */
  readonly admission?: Admission;
  /** After this many milliseconds an unsettled handler is a refusal (500). 5000 unless given. */
  readonly handlerTimeoutMs?: number;
}

export type OnAuthOptions = Required<OnAuthModuleOptions>;
