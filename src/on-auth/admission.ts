import type { Principal } from './principal.js';

/** Says whether a caller may make one more request: after it has proved who it is, before its body is read or a handler is asked. */
export interface Admission {
  /** What it throws, or rejects with, is the answer: best a `NotAdmittedError`. Called once for each request of a route that is not public. */
  admit(principal: Principal): Promise<void> | void;
}

export const ADMIT_EVERYBODY: Admission = Object.freeze({ admit: () => undefined });
