/**
 * Numbers whose text, conversion or comparison differs between JavaScript, SQLite and PostgreSQL when it is done naively.
 * No two of them are equal.
 */
export const hostileNumbers: readonly number[] = [
  0,
  1,
  -1,
  0.1,
  0.1 + 0.2,
  0.3,
  1e-6,
  1e-7,
  1e21,
  1e22,
  Number.EPSILON,
  2 ** 31,
  2 ** 53 - 1,
  2 ** 53,
  2 ** 53 + 2,
  2 ** 63,
  -(2 ** 63),
  2 ** 64,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
  Number.MIN_VALUE,
  2.2250738585072014e-308,
  ...[1, 1e21, 2 ** 63, 1.23730776246178e143, 3.271085881546988e233, 5.92869406239758e-272].flatMap(
    neighbours,
  ),
  ...[1.23730776246178e143, 3.271085881546988e233, 5.92869406239758e-272],
];

/** Other ways to write numbers above. */
export const sameNumbers: readonly (readonly [number, number])[] = [
  [0, -0],
  [2 ** 53, Number('9007199254740993')],
  [1, Number('1.0')],
  [1e21, Number('1000000000000000000000')],
  [0.1, Number('0.1000000000000000055511151231257827')],
];

/** The closest numbers below and above a positive one. */
export function neighbours(value: number): readonly [number, number] {
  const bits = new BigInt64Array(Float64Array.of(value).buffer)[0];
  const [below, above] = new Float64Array(BigInt64Array.of(bits - 1n, bits + 1n).buffer);
  return [below, above];
}
