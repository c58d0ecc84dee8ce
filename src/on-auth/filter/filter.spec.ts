import { describe, expect, it } from '@jest/globals';
import { keysOf, type FilterInput } from './filter.js';
import { parseFilter } from './filter.parser.js';

describe('keysOf', () => {
  it.each<[string, FilterInput, readonly string[]]>([
    ['no key of everything', {}, []],
    [
      'the key of each operator',
      { a: 1, b: { $in: [1] }, c: { $exists: true }, d: { $contains: 1 } },
      ['a', 'b', 'c', 'd'],
    ],
    ['nested keys', { $or: [{ a: 1 }, { $and: [{ b: 1 }, { $not: { c: 1 } }] }] }, ['a', 'b', 'c']],
    ['a repeated key once', { $or: [{ a: 1 }, { a: { $ne: 2 } }] }, ['a']],
  ])('finds %s', (_, filter, keys) => {
    expect(keysOf(parseFilter(filter))).toStrictEqual(keys);
  });
});
