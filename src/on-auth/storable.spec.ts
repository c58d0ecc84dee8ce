import { describe, expect, it } from '@jest/globals';
import { isStorable } from './storable.js';

const nested = (depth: number): unknown => (depth === 0 ? 'end' : [nested(depth - 1)]);

describe('What a database can hold as JSON', () => {
  it.each([
    ['a text', 'text with \u{1f600}'],
    ['a number', 1.5],
    ['nothing', undefined],
    ['null', null],
    ['a function, which JSON leaves out', () => 1],
    ['an empty list', []],
    ['a list with holes', [, 1]],
    ['a document', { a: [{ b: 'c' }, null, true], '': {} }],
    ['100 levels', nested(100)],
  ])('is %s', (_what, value) => {
    expect(isStorable(value)).toBe(true);
  });

  it.each([
    ['a NUL character', 'a\u0000b'],
    ['half a surrogate pair', '\ud83d'],
    ['a NUL in a key', { 'a\u0000': 1 }],
    ['half a surrogate pair deep inside', { a: [{ b: ['\udc00'] }] }],
    ['half a surrogate pair in a key deep inside', { a: [{ '\udc00': 1 }] }],
    ['a bigint', { a: [1n] }],
    ['101 levels', nested(101)],
  ])('is not %s', (_what, value) => {
    expect(isStorable(value)).toBe(false);
  });

  it('is as deep as it is told', () => {
    expect([isStorable('a', 0), isStorable({}, 0), isStorable({ a: 1 }, 0), isStorable({ a: 1 }, 1)]).toEqual(
      [true, true, false, true],
    );
  });
});
