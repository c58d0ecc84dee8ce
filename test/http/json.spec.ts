import { describe, expect, it } from '@jest/globals';
import { copyOfJson, isSameJson } from '../../src/http/json.js';

const parsed = (text: string): unknown => JSON.parse(text);

const DOCUMENTS = [
  'null',
  '0',
  '""',
  '[]',
  '{}',
  '{"a":null}',
  '{"a":[]}',
  '{"a":[{"b":1},[2,"2"]]}',
  '{"a":{"0":1}}',
  '{"__proto__":{"a":1}}',
];

describe('a copy of JSON', () => {
  it.each(DOCUMENTS)('is %s again', (text) => {
    const original = parsed(text);
    const copy = copyOfJson(original);
    expect(copy).toStrictEqual(original);
    expect(JSON.stringify(copy)).toBe(text);
  });

  it('shares nothing with the original', () => {
    const original = { list: [{ a: 1 }], object: { b: { c: 2 } } };
    const copy = copyOfJson(original);
    copy.list[0].a = 9;
    copy.object.b.c = 9;
    expect(original).toEqual({ list: [{ a: 1 }], object: { b: { c: 2 } } });
  });

  it('keeps a member called __proto__ as a member', () => {
    const copy = copyOfJson(parsed('{"__proto__":{"admin":true}}')) as Record<string, unknown>;
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect(Object.keys(copy)).toEqual(['__proto__']);
    expect(copy.admin).toBeUndefined();
  });
});

describe('two values', () => {
  it('are the same JSON where they hold the same, and only there', () => {
    for (const [at, one] of DOCUMENTS.entries())
      for (const [other_at, other] of DOCUMENTS.entries())
        expect([one, other, isSameJson(parsed(one), parsed(other))]).toEqual([one, other, at === other_at]);
  });

  it('are the same in any order of their members', () => {
    expect(isSameJson({ a: 1, b: [{ c: 2, d: 3 }] }, { b: [{ d: 3, c: 2 }], a: 1 })).toBe(true);
    expect(isSameJson([1, 2], [2, 1])).toBe(false);
  });

  it('are the same where both are absent', () => {
    expect(isSameJson(undefined, undefined)).toBe(true);
    for (const value of [null, 0, '', {}]) expect(isSameJson(undefined, value)).toBe(false);
  });

  it.each<[string, unknown, unknown]>([
    ['a member that is not set and none', { a: undefined }, {}],
    ['a member that is not set and another', { a: undefined }, { b: undefined }],
    ['an object of a class and its members', new (class {})(), {}],
    ['a time and nothing', new Date(0), {}],
    ['an object without a prototype and one with', Object.create(null), {}],
    ['a member and one that is inherited', { toString: 1 }, { valueOf: 1 }],
    ['a list and an object with its members', ['x'], { 0: 'x' }],
  ])('are not the same: %s', (_, one, other) => {
    expect(isSameJson(one, other)).toBe(false);
    expect(isSameJson(other, one)).toBe(false);
  });
});
