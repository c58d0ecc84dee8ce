import type { EntityManager } from 'typeorm';
import type { ScopedDataSource } from '../../../src/persistence/scoped-data-source.js';

export interface Place {
  readonly manager: EntityManager;
  readonly dataSource: ScopedDataSource;
  /** SQL for all threads that a builder rendered while the system was at work. */
  readonly systemSql: [sql: string, parameters: unknown[]];
}

/** One way to reach a row through TypeORM. Bob goes it, and Alice's rows are in reach of it for whoever is not scoped. */
export interface Way {
  readonly name: string;
  /** Reads give what they found: it must not tell of Alice's rows. */
  readonly go: (place: Place) => Promise<unknown>;
  /** The name of the error that it ends with; none if it just does not find the row. */
  readonly refusedWith?: string;
  /** For ways that reach nothing even without a scope: they are about what must not happen. */
  readonly reachesNothing?: true;
  /** Finds notes, which are not scoped, as they are: they name Alice's rows by themselves. */
  readonly findsNotes?: true;
  /** Row-level security leaves nobody this way, the system included. */
  readonly closedByRowSecurity?: true;
  /** The only database that has this way. */
  readonly only?: 'sqlite' | 'postgres';
}

/** For aggregates: whether more was counted than Bob's own rows. */
export function beyond(own: number, counted: number | null): string {
  return counted !== null && counted > own ? "counted alice's rows" : 'counted own rows only';
}

export const ALICE = { owner: 'alice', tags: ['x'] };
export const BOB = { owner: 'bob', tags: ['y'] };
