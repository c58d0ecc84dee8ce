import { Sqlite3Error } from './sqlite3.errors.js';

/** SQLite's primary result codes by number, https://www.sqlite.org/rescode.html */
const PRIMARY: readonly (string | undefined)[] = [
  'OK ERROR INTERNAL PERM ABORT BUSY LOCKED NOMEM READONLY INTERRUPT IOERR CORRUPT NOTFOUND FULL CANTOPEN',
  'PROTOCOL EMPTY SCHEMA TOOBIG CONSTRAINT MISMATCH MISUSE NOLFS AUTH FORMAT RANGE NOTADB',
]
  .join(' ')
  .split(' ');

/** The extended codes that callers tell apart; the others go by their primary code. */
const EXTENDED: Readonly<Partial<Record<number, string>>> = {
  261: 'BUSY_RECOVERY',
  517: 'BUSY_SNAPSHOT',
  773: 'BUSY_TIMEOUT',
  275: 'CONSTRAINT_CHECK',
  531: 'CONSTRAINT_COMMITHOOK',
  787: 'CONSTRAINT_FOREIGNKEY',
  1299: 'CONSTRAINT_NOTNULL',
  1555: 'CONSTRAINT_PRIMARYKEY',
  1811: 'CONSTRAINT_TRIGGER',
  2067: 'CONSTRAINT_UNIQUE',
  2579: 'CONSTRAINT_ROWID',
  3091: 'CONSTRAINT_DATATYPE',
};

/** The low byte of an extended code is its primary code. */
const PRIMARY_MASK = 0xff;

/** Wraps what the package reports. It names primary codes only, and puts that name before the message. */
export function toSqlite3Error(native: Error & { readonly errno?: number }): Sqlite3Error {
  const errno = native.errno ?? 1;
  const name = EXTENDED[errno] ?? PRIMARY[errno & PRIMARY_MASK] ?? 'ERROR';
  return new Sqlite3Error(
    native.message.replace(/^(?:SQLITE_[A-Z]+|UNKNOWN): /, ''),
    `SQLITE_${name}`,
    errno,
  );
}
