import { describe, expect, it } from '@jest/globals';
import type { FilterInput } from './filter.js';
import { formatFilter } from './filter.formatter.js';
import { firstMismatch } from './filter.mismatch.js';
import { parseFilter } from './filter.parser.js';

describe('a filter as text', () => {
  it.each<[FilterInput, string]>([
    [{}, 'everything'],
    [{ owner: 'alice' }, 'owner = "alice"'],
    [{ 'a key': 1 }, '"a key" = 1'],
    [{ a: { $ne: null } }, 'not (a = null)'],
    [{ team: { $in: ['red', 2] } }, 'team in ["red", 2]'],
    [{ team: { $exists: true } }, 'team exists'],
    [{ team: { $exists: false } }, 'team is missing'],
    [{ members: { $contains: 'a' } }, 'members contains "a"'],
    [{ members: { $contains: ['a', 'b'] } }, 'members contains ["a", "b"]'],
    [{ a: 1, b: true }, 'a = 1 and b = true'],
    [{ a: 1, $or: [{ b: 2 }, { c: 3 }] }, 'a = 1 and (b = 2 or c = 3)'],
    [{ $or: [{ a: 1, b: 2 }, { c: 3 }] }, '(a = 1 and b = 2) or c = 3'],
    [{ $not: { $or: [{ a: 1 }] } }, 'not (a = 1)'],
    [{ a: 1, $or: [{ b: 2 }] }, 'a = 1 and b = 2'],
  ])('%j is %s', (input, text) => {
    expect(formatFilter(parseFilter(input))).toBe(text);
  });
});

describe('the first predicate that is false', () => {
  it.each<[FilterInput, Record<string, unknown> | null, string | undefined]>([
    [{ owner: 'bob' }, { owner: 'bob' }, undefined],
    [{}, null, undefined],
    [{ owner: 'bob' }, { owner: 'alice' }, 'owner = "bob", but owner is "alice"'],
    [{ owner: 'bob' }, {}, 'owner = "bob", but owner is missing'],
    [{ owner: 'bob' }, null, 'owner = "bob", but owner is missing'],
    [{ team: 'red', owner: 'bob' }, { team: 'red', owner: 1 }, 'owner = "bob", but owner is 1'],
    [
      { team: 'red', $or: [{ owner: 'bob' }, { shared: { $contains: 'bob' } }] },
      { team: 'red', owner: 'alice' },
      'owner = "bob" or shared contains "bob", but owner is "alice" and shared is missing',
    ],
    [{ $not: { a: 1 } }, { a: 1 }, 'not (a = 1), but a is 1'],
    [{ c: 3, $and: [{ a: 1, b: 2 }] }, { a: 1, b: 3, c: 3 }, 'b = 2, but b is 3'],
    [{ a: 'b' }, { a: 'x'.repeat(198) }, `a = "b", but a is "${'x'.repeat(198)}"`],
    [{ a: 'b' }, { a: 'x'.repeat(500) }, `a = "b", but a is "${'x'.repeat(199)}...`],
  ])('of %j for %j is %s', (input, metadata, text) => {
    expect(firstMismatch(parseFilter(input), metadata)).toBe(text);
  });
});
