import { describe, expect, it } from '@jest/globals';
import { pauseAfter, verdictOf } from './delivery.verdict.js';

describe('the verdict on an answer', () => {
  it.each([200, 201, 202, 204, 299])('%i is delivered', (status) => {
    expect(verdictOf(status)).toEqual({ kind: 'delivered' });
  });
  it.each([408, 425, 429, 500, 501, 502, 503, 504, 599])('%i may be well again', (status) => {
    expect(verdictOf(status)).toEqual({ kind: 'retry', reason: `answered ${status}` });
  });
  it.each([0, 300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 409, 410, 422])(
    '%i is final',
    (status) => {
      expect(verdictOf(status)).toEqual({ kind: 'final', reason: `answered ${status}` });
    },
  );
});

describe('the pause after a failure', () => {
  const options = { firstPauseMs: 2_000, longestPauseMs: 3_600_000 };

  it('is twice as long each time, up to the longest one', () => {
    const pauses = [1, 2, 3, 4, 11, 12, 13, 2_000].map((attempts) => pauseAfter(attempts, options, 1));
    expect(pauses).toEqual([2_000, 4_000, 8_000, 16_000, 2_048_000, 3_600_000, 3_600_000, 3_600_000]);
  });

  it('is at least half as long, by chance', () => {
    expect(pauseAfter(3, options, 0)).toBe(4_000);
    expect(pauseAfter(3, options, 0.5)).toBe(6_000);
    const drawn = new Set(Array.from({ length: 50 }, () => pauseAfter(10, options)));
    expect(drawn.size).toBeGreaterThan(1);
  });
});
