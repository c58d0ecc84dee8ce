import { describe, expect, it, jest } from '@jest/globals';
import { BoundedCache } from '../../src/persistence/bounded.cache.js';

describe('a bounded cache', () => {
  it('computes once', () => {
    const cache = new BoundedCache<string, number>(2);
    const compute = jest.fn((key: string) => key.length);
    expect([cache.getOrCompute('four', compute), cache.getOrCompute('four', compute)]).toEqual([4, 4]);
    expect(compute).toHaveBeenCalledTimes(1);
  });

  it('forgets what it learnt first when it is full', () => {
    const cache = new BoundedCache<string, string>(2);
    const compute = jest.fn((key: string) => key);
    for (const key of ['a', 'b', 'c', 'b', 'c', 'a']) cache.getOrCompute(key, compute);
    expect(compute.mock.calls.map(([key]) => key)).toEqual(['a', 'b', 'c', 'a']);
  });
});
