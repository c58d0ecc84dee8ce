import { EarlyEndError } from '../../http/early-end.error.js';
import { matches, type Decision, type Principal } from '../../on-auth/index.js';

/** An answer that goes on for longer than it takes to decide about it: what it was granted on, and the way to end it. */
export interface HeldAnswer {
  readonly principal: Principal;
  /** About threads. */
  readonly decision: Decision;
  readonly threadId: string;
  /** What it tells of takes the thread along at its own end, which is to be told as well. */
  readonly outlivesThread: boolean;
  readonly abort: AbortController;
}

/** Metadata of a thread; undefined where there is no such thread. */
export type ThreadMetadata = Readonly<Record<string, unknown>> | undefined;

export function isVisible({ decision, outlivesThread }: HeldAnswer, metadata: ThreadMetadata): boolean {
  if (metadata === undefined) return outlivesThread;
  switch (decision.kind) {
    case 'allow':
      return true;
    case 'deny':
      return false;
    case 'restrict':
      return matches(decision.filter, metadata);
  }
}

/** For thousands of answers at once. */
const EXPIRED = new EarlyEndError(401, 'The token has expired');
const REVOKED = new EarlyEndError(401, 'Access was revoked');

export function endExpired({ abort }: HeldAnswer): void {
  abort.abort(EXPIRED);
}

export function endRevoked({ abort }: HeldAnswer): void {
  abort.abort(REVOKED);
}

/** What is not visible any more is answered as what never existed. */
export function endInvisible({ abort, threadId }: HeldAnswer): void {
  abort.abort(new EarlyEndError(404, `Thread with ID ${threadId} not found`));
}
