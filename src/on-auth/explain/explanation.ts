import type { Decision } from '../decision.js';
import type { AuthEvent } from '../event.js';
import type { Principal } from '../principal.js';
import type { FoundRow, RenderedScope } from './scoped.rows.js';

/** Who decided about an event, and what. */
export interface Verdict {
  readonly event: AuthEvent;
  readonly principal: Principal;
  /** `OwnerPolicy.read`; none where nothing covers the event, and so it is denied. */
  readonly handler: string | undefined;
  /** What the handler is registered for, such as `threads` or `*:read`. */
  readonly pattern: string | undefined;
  /** The handlers that cover the event as well and were not asked, the next one first. */
  readonly shadows: readonly string[];
  /** None where the handler refused by throwing, or failed. */
  readonly decision: Decision | undefined;
  /** Why there is no way past the guard. */
  readonly refusal: Rejection | undefined;
  /** The decision's filter as people read it. */
  readonly filter: string | undefined;
  /** The decision on the tables of the resource; none where it was refused. */
  readonly scopes: readonly RenderedScope[];
}

export interface Rejection {
  readonly status: number;
  readonly message: string;
}

/** What a request for one row would meet, from the handler to the row. */
export interface Explanation extends Verdict {
  /** The route that the request is for, such as `ThreadsController.get`. */
  readonly route: string;
  readonly id: string;
  /** None where there is no such row. Shown also when it was refused. */
  readonly row: FoundRow | undefined;
  /** The first predicate of the filter that is false for the row, such as `owner = "bob", but owner is "alice"`. */
  readonly mismatch: string | undefined;
  /** What a request that asks for this row is answered with: 200, 404 for a row that is not visible, or the refusal's. */
  readonly status: number;
}
