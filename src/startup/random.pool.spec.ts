import { describe, expect, it } from '@jest/globals';
import { drawRandom } from './random.pool.js';

describe('random bytes for ids', () => {
  it('are given out once', () => {
    const drawn = Array.from({ length: 2_000 }, () =>
      Buffer.from(drawRandom(new Uint8Array(16))).toString('hex'),
    );
    expect(new Set(drawn).size).toBe(2_000);
  });

  it('fill the array that was handed over, to its last byte, whatever is left in the pool', () => {
    for (const size of [1, 4_095, 4_096]) {
      const bytes = new Uint8Array(size);
      expect(drawRandom(bytes)).toBe(bytes);
      // Of so many places none stays zero in each of twenty draws.
      const seen = bytes.slice();
      for (let draw = 0; draw < 20; draw++) drawRandom(bytes).forEach((byte, at) => (seen[at] |= byte));
      expect(seen.every((byte) => byte !== 0)).toBe(true);
    }
  });

  it('are refused where more are asked for than are drawn at once', () => {
    expect(() => drawRandom(new Uint8Array(4_097))).toThrow(RangeError);
  });
});
