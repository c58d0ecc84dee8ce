/**
 * A value that is there, or will be. What is there at once need not become a promise: under an `AsyncLocalStorage` each promise
 * costs a request up to a microsecond on Node 20, and most of what is asked about a request is answered at once.
 */
export type Eventual<T> = T | Promise<T>;

/** A query builder is a promise as well, and so is a promise of another realm. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  );
}

/**
 * Goes on with a value: at once where it is there, and what `use` throws is thrown then. Otherwise that rejects.
 *
 * @example await whenThere(keys.keyFor(header), (key) => key === known)
 */
export function whenThere<T, U>(value: T | PromiseLike<T>, use: (value: T) => Eventual<U>): Eventual<U> {
  return isThenable(value) ? Promise.resolve(value).then(use) : use(value);
}
