import { types } from 'node:util';
import { UnsupportedParameterError } from './sqlite3.errors.js';

/** What SQLite stores without loss. `undefined` stands for a parameter that is left unbound, which is NULL. */
export type Sqlite3Value = string | number | null | undefined | Uint8Array;

/**
 * A statement that runs without parameters keeps those of its last run. One unbound parameter clears them, so that a cached
 * statement never answers with another caller's values.
 */
const CLEARED: readonly Sqlite3Value[] = [undefined];

/**
 * Turns parameters into values that SQLite stores as they are: booleans become 1 and 0, a bigint within the safe integers
 * becomes that number. An integer of more than 32 bits travels as a REAL; a column of an integer type turns it back into an
 * integer, a column without a type keeps the REAL.
 * @throws UnsupportedParameterError for a value that would be stored as something else: an object, a Date, an unsafe bigint, NaN
 */
export function bindParameters(parameters: readonly unknown[]): readonly Sqlite3Value[] {
  return parameters.length === 0 ? CLEARED : parameters.map(bindParameter);
}

function bindParameter(value: unknown, index: number): Sqlite3Value {
  switch (typeof value) {
    case 'string':
    case 'undefined':
      return value;
    case 'number':
      if (Number.isNaN(value)) throw new UnsupportedParameterError(index + 1, 'NaN', 'bind null or a number');
      return value;
    case 'boolean':
      return value ? 1 : 0;
    case 'bigint':
      return bindBigint(value, index);
    default:
      return bindObject(value, index);
  }
}

function bindBigint(value: bigint, index: number): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new UnsupportedParameterError(index + 1, 'a bigint beyond the safe integers', 'bind it as a string');
}

function bindObject(value: unknown, index: number): Sqlite3Value {
  if (value === null || types.isUint8Array(value)) return value;
  if (types.isDate(value)) {
    throw new UnsupportedParameterError(index + 1, 'a Date', 'bind getTime() or toISOString()');
  }
  throw new UnsupportedParameterError(
    index + 1,
    `of type ${typeof value}`,
    'bind JSON.stringify(value) or a Buffer',
  );
}
