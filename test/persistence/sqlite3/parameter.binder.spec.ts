import { describe, expect, it } from '@jest/globals';
import { bindParameters } from '../../../src/persistence/sqlite3/parameter.binder.js';
import { UnsupportedParameterError } from '../../../src/persistence/sqlite3/sqlite3.errors.js';

const REFUSED: readonly (readonly [string, unknown])[] = [
  ['a Date', new Date(0)],
  ['of type object', { owner: 'alice' }],
  ['of type object', ['a', 'b']],
  ['of type object', new ArrayBuffer(4)],
  ['of type object', new Float64Array(1)],
  ['of type function', () => 1],
  ['of type symbol', Symbol('a')],
  ['a bigint beyond the safe integers', 2n ** 53n],
  ['a bigint beyond the safe integers', -(2n ** 63n)],
  ['NaN', Number.NaN],
];

describe('SQL parameters', () => {
  it('reach SQLite as they are when it knows their type', () => {
    const values = [
      'text',
      '',
      0,
      -1,
      1.5,
      1_700_000_000_000,
      null,
      undefined,
      Buffer.from('b'),
      new Uint8Array([1]),
    ];
    expect(bindParameters(values)).toEqual(values);
  });

  it('turn booleans into 1 and 0, and safe bigints into numbers', () => {
    expect(bindParameters([true, false, 5n, BigInt(Number.MAX_SAFE_INTEGER)])).toEqual([
      1,
      0,
      5,
      Number.MAX_SAFE_INTEGER,
    ]);
  });

  it.each(REFUSED)('are refused, with their position, when they are %s', (what, value) => {
    expect(() => bindParameters(['first', value])).toThrow(UnsupportedParameterError);
    expect(() => bindParameters(['first', value])).toThrow(`SQL parameter 2 is ${what}`);
  });

  it('clear those of the last run when there are none', () => {
    expect(bindParameters([])).toEqual([undefined]);
  });
});
