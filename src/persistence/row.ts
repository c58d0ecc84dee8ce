import type { QueryDeepPartialEntity } from 'typeorm';

/**
 * A row for `insert` and `update`. TypeORM's own type looks into JSON columns and finds `unknown` unassignable; the columns
 * and their types are checked here instead.
 *
 * @example await threads.insert(rowOf<Thread>({ thread_id, metadata }))
 */
export function rowOf<T extends object>(row: { readonly [K in keyof T]?: T[K] }): QueryDeepPartialEntity<T> {
  return row as QueryDeepPartialEntity<T>;
}
