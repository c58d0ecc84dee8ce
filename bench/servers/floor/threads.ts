import type { JsonObject } from '../../../src/http/json.js';

/** A row as either driver gives it; PostgreSQL's gives a `bigint` as text. */
export interface ThreadRow {
  readonly thread_id: string;
  readonly created_at: number | string;
  readonly updated_at: number | string;
  readonly state_updated_at: number | string | null;
  readonly metadata: JsonObject;
  readonly status: string;
  readonly config: JsonObject;
  readonly values: unknown;
  readonly interrupts: JsonObject;
  readonly revision: number;
}

/** Which rows a search reads: the caller's own, those shared with them, or their own and their team's. */
export type Reach =
  | { readonly kind: 'own'; readonly topic?: string }
  | { readonly kind: 'shared' }
  | { readonly kind: 'team'; readonly team: string };

/** The statements of the floor, each prepared once, each with the owner in its WHERE. */
export interface Threads {
  get(id: string, owner: string): Promise<ThreadRow | undefined>;
  insert(id: string, metadata: JsonObject, now: number): Promise<void>;
  /** Whether the row was still as it was read. */
  update(row: ThreadRow, metadata: JsonObject, owner: string, now: number): Promise<boolean>;
  /** The newest, one more than a page holds. */
  newest(owner: string, reach: Reach): Promise<readonly ThreadRow[]>;
  count(owner: string): Promise<number>;
}

export const PAGE = 10;
