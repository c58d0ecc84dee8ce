/** How the adapter opens and shares one SQLite database. */
export interface Sqlite3Options {
  /**
   * When a commit reaches the disk. Either way an acknowledged write survives the death of the process. `FULL` also survives
   * a power loss, at the price of one disk flush for each commit.
   */
  readonly synchronous: 'NORMAL' | 'FULL';
  /** Read-only connections beside the writer, at least 1. A database in memory has none: it lives in one connection. */
  readonly readers: number;
  /** Milliseconds a caller waits for the other writers of this process before it gets a `WriteLockTimeoutError`. */
  readonly lockTimeoutMs: number;
  /** Milliseconds a statement waits for another process that has locked the file before it fails with SQLITE_BUSY. */
  readonly busyTimeoutMs: number;
  /** Prepared statements that each connection keeps, at least 0. */
  readonly statementCacheSize: number;
}

/**
 * Two readers and the writer leave one of libuv's four default threads to the file system, DNS and crypto.
 */
const DEFAULTS: Sqlite3Options = {
  synchronous: 'NORMAL',
  readers: 2,
  lockTimeoutMs: 10_000,
  busyTimeoutMs: 5_000,
  statementCacheSize: 200,
};

/**
 * Fills in the defaults for what is missing or undefined.
 * @throws RangeError for a value that would make the adapter hang, never read, or less durable than it looks
 */
export function resolveSqlite3Options(given: Partial<Sqlite3Options> = {}): Sqlite3Options {
  return {
    synchronous: oneOf(['NORMAL', 'FULL'], 'synchronous', given.synchronous ?? DEFAULTS.synchronous),
    readers: atLeast(1, 'readers', given.readers ?? DEFAULTS.readers),
    lockTimeoutMs: atLeast(1, 'lockTimeoutMs', given.lockTimeoutMs ?? DEFAULTS.lockTimeoutMs),
    busyTimeoutMs: atLeast(0, 'busyTimeoutMs', given.busyTimeoutMs ?? DEFAULTS.busyTimeoutMs),
    statementCacheSize: atLeast(
      0,
      'statementCacheSize',
      given.statementCacheSize ?? DEFAULTS.statementCacheSize,
    ),
  };
}

function atLeast(minimum: number, name: keyof Sqlite3Options, value: number): number {
  if (Number.isSafeInteger(value) && value >= minimum) return value;
  throw new RangeError(`Sqlite3Options.${name} must be an integer of at least ${minimum}, not ${value}`);
}

function oneOf<T>(allowed: readonly T[], name: keyof Sqlite3Options, value: T): T {
  if (allowed.includes(value)) return value;
  throw new RangeError(`Sqlite3Options.${name} must be one of ${allowed.join(', ')}, not ${String(value)}`);
}
