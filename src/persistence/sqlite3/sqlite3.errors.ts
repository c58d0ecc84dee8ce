/** A statement was refused by SQLite. TypeORM hands it on as `QueryFailedError.driverError`. */
export class Sqlite3Error extends Error {
  override readonly name = 'Sqlite3Error';
  /**
   * @param code SQLite's extended code by name, such as `SQLITE_CONSTRAINT_UNIQUE`
   * @param errno the same code as a number, such as 2067
   */
  constructor(
    message: string,
    readonly code: string,
    readonly errno: number,
  ) {
    super(`${code}: ${message}`);
  }
}

/** The database file cannot be opened for writing. The message names the file; `cause` is what the system said. */
export class DatabaseOpenError extends Error {
  override readonly name = 'DatabaseOpenError';
  constructor(path: string, cause: unknown) {
    super(
      `Cannot open the SQLite database "${path}": ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        cause,
      },
    );
  }
}

/** A query came after `destroy()`, or before `initialize()`. */
export class DatabaseClosedError extends Error {
  override readonly name = 'DatabaseClosedError';
  constructor() {
    super('The SQLite database is closed, or closing: no further query is accepted');
  }
}

/** The write lock did not become free in time. */
export class WriteLockTimeoutError extends Error {
  override readonly name = 'WriteLockTimeoutError';
  constructor(waitedMs: number, heldMs: number) {
    super(
      `The SQLite write lock was not free within ${waitedMs} ms; its holder has had it for ${Math.round(heldMs)} ms. ` +
        'The usual cause is a query inside a transaction that does not go through that transaction: ' +
        'use the EntityManager that is passed to the transaction callback, not the data source or an injected repository.',
    );
  }
}

/** SQLite itself rolled the transaction back (disk full, I/O error, ON CONFLICT ROLLBACK). `cause` is the error that did it. */
export class TransactionLostError extends Error {
  override readonly name = 'TransactionLostError';
  constructor(cause: unknown) {
    super(
      'SQLite has rolled this transaction back because of an earlier error; nothing of it is stored. Start again.',
      {
        cause,
      },
    );
  }
}

/** A query for a transaction that has ended already, or transaction SQL where no transaction is open. */
export class TransactionEndedError extends Error {
  override readonly name = 'TransactionEndedError';
  constructor(sql: string) {
    super(`No transaction is open for "${sql}". Await every query of a transaction before it ends.`);
  }
}

/** The value has no exact counterpart in SQLite, so it is refused instead of being stored as something else. */
export class UnsupportedParameterError extends TypeError {
  override readonly name = 'UnsupportedParameterError';
  constructor(position: number, what: string, cure: string) {
    super(`SQL parameter ${position} is ${what}, which SQLite cannot store: ${cure}`);
  }
}

/** The text holds several statements, or a NUL character: SQLite would run what comes before it and silently skip the rest. */
export class PartialStatementError extends Error {
  override readonly name = 'PartialStatementError';
  constructor(sql: string) {
    super(
      `One query is one SQL statement without NUL characters; of this text only a part would run: ${sql.slice(0, 120)}`,
    );
  }
}
