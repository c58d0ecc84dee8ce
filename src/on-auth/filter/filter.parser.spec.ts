import { describe, expect, it } from '@jest/globals';
import {
  InvalidFilterError,
  MAX_FILTER_COMPARISONS,
  MAX_FILTER_DEPTH,
  MAX_FILTER_MEMBERS,
  parseFilter,
} from './filter.parser.js';

const leaf = { kind: 'equals', key: 'a', value: 1 };

class Owner {
  readonly owner = 'alice';
}

describe('parseFilter', () => {
  it.each<[string, unknown, unknown]>([
    ['an empty object', {}, { kind: 'everything' }],
    ['an empty object without a prototype', Object.create(null), { kind: 'everything' }],
    ['a value', { a: 1 }, leaf],
    ['a text', { a: 'x' }, { kind: 'equals', key: 'a', value: 'x' }],
    ['a boolean', { a: false }, { kind: 'equals', key: 'a', value: false }],
    ['null', { a: null }, { kind: 'equals', key: 'a', value: null }],
    ['$eq', { a: { $eq: 1 } }, leaf],
    ['$ne', { a: { $ne: 1 } }, { kind: 'not', of: leaf }],
    ['$in', { a: { $in: [1, '1'] } }, { kind: 'in', key: 'a', values: [1, '1'] }],
    ['$exists', { a: { $exists: false } }, { kind: 'exists', key: 'a', exists: false }],
    ['$contains of one', { a: { $contains: 1 } }, { kind: 'contains', key: 'a', values: [1] }],
    ['$contains of all', { a: { $contains: [1, null] } }, { kind: 'contains', key: 'a', values: [1, null] }],
    ['several keys', { a: 1, b: 2 }, { kind: 'all', of: [leaf, { kind: 'equals', key: 'b', value: 2 }] }],
    ['$and', { $and: [{ a: 1 }] }, { kind: 'all', of: [leaf] }],
    ['$or', { $or: [{ a: 1 }] }, { kind: 'any', of: [leaf] }],
    ['$not', { $not: { a: 1 } }, { kind: 'not', of: leaf }],
    [
      'an operator beside a key',
      { a: 1, $not: { a: 1 } },
      { kind: 'all', of: [leaf, { kind: 'not', of: leaf }] },
    ],
    ['the empty key', { '': 1 }, { kind: 'equals', key: '', value: 1 }],
    ['a key with a $ inside', { a$eq: 1 }, { kind: 'equals', key: 'a$eq', value: 1 }],
    ['an own __proto__', JSON.parse('{"__proto__":1}'), { kind: 'equals', key: '__proto__', value: 1 }],
    [
      'a well-formed pair of surrogates',
      { a: '\u{1f600}' },
      { kind: 'equals', key: 'a', value: '\u{1f600}' },
    ],
  ])('reads %s', (_, input, filter) => {
    expect(parseFilter(input)).toEqual(filter);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a boolean', true],
    ['a text', 'owner'],
    ['a number', 1],
    ['a list', [{ owner: 'alice' }]],
    ['a function', () => ({ owner: 'alice' })],
    ['a promise', Promise.resolve({ owner: 'alice' })],
    ['a Map', new Map([['owner', 'alice']])],
    ['a Date', new Date()],
    ['an instance of a class', new Owner()],
    ['an object that inherits its keys', Object.create({ owner: 'alice' })],
    ['an object literal with a prototype', { __proto__: { owner: 'alice' } }],
    ['a symbol as key', { [Symbol('owner')]: 'alice' }],
    ['a symbol as key beside another', { owner: 'alice', [Symbol('owner')]: 'bob' }],
    ['a hidden key', Object.defineProperty({}, 'owner', { value: 'alice' })],
    ['a hidden key beside another', Object.defineProperty({ a: 1 }, 'owner', { value: 'alice' })],
  ])('refuses %s as a filter (abuse case 25)', (_, input) => {
    expect(() => parseFilter(input)).toThrow(InvalidFilterError);
  });

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['NaN', Number.NaN],
    ['Infinity', Infinity],
    ['minus Infinity', -Infinity],
    ['a bigint', 1n],
    ['a symbol', Symbol('alice')],
    ['a function', () => 'alice'],
    ['a Date', new Date(0)],
    ['a RegExp', /alice/],
    ['a boxed text', Object('alice')],
    ['a boxed number', Object(1)],
    ['a Buffer', Buffer.from('alice')],
    ['an object', { b: 1 }],
    ['a list', ['alice']],
    ['an empty list', []],
    ['a lone high surrogate', 'a\ud83d'],
    ['a lone low surrogate', '\ude00'],
    ['a NUL', 'a\u0000b'],
  ])('refuses %s as a value, in every position (abuse case 25)', (_, value) => {
    const inputs: unknown[] = [
      { a: { $eq: value } },
      { a: { $ne: value } },
      { a: { $in: [value] } },
      { a: { $in: ['x', value] } },
      { a: { $contains: ['x', value] } },
      { a: { $exists: value } },
      { $or: [{ a: { $eq: value } }, { b: 1 }] },
    ];
    for (const input of inputs) expect(() => parseFilter(input)).toThrow(InvalidFilterError);
    expect(() => parseFilter({ a: value })).toThrow(InvalidFilterError);
  });

  it.each<[string, unknown]>([
    ['an unknown operator', { a: { $gt: 1 } }],
    ['an operator that is spelled wrongly', { a: { $EQ: 1 } }],
    ['an operator without its $', { a: { eq: 1 } }],
    ['an empty operator', { a: { $: 1 } }],
    ['an inherited name as operator', { a: { toString: 1 } }],
    ['two operators', { a: { $eq: 1, $ne: 2 } }],
    ['an operator and a key', { a: { $eq: 1, b: 2 } }],
    ['no operator', { a: {} }],
    ['an object without a prototype as condition', { a: Object.create(null) }],
    ['an instance of a class as condition', { a: new Owner() }],
    ['a hidden operator', { a: Object.defineProperty({ $ne: 1 }, '$eq', { value: 1 }) }],
    ['a symbol as second operator', { a: { $eq: 1, [Symbol('$ne')]: 2 } }],
    ['an operator inside an operator', { a: { $eq: { $eq: 1 } } }],
    ['$not inside a condition', { a: { $not: { $eq: 1 } } }],
    ['$eq at the top', { $eq: 1 }],
    ['$in at the top', { $in: ['a'] }],
    ['an unknown operator at the top', { $nor: [{ a: 1 }] }],
    ['$where', { $where: '1' }],
    ['a $ as key', { $: 1 }],
    ['$and of nothing', { $and: [] }],
    ['$or of nothing', { $or: [] }],
    ['$in of nothing', { a: { $in: [] } }],
    ['$contains of nothing', { a: { $contains: [] } }],
    ['$and of undefined', { $and: undefined }],
    ['$or of undefined', { $or: undefined }],
    ['$not of undefined', { $not: undefined }],
    ['$not of null', { $not: null }],
    ['$not of an empty object', { $not: {} }],
    ['$not of a list', { $not: [{ a: 1 }] }],
    ['$and of an object', { $and: { a: 1 } }],
    ['$or of an empty object', { $or: [{ a: 1 }, {}] }],
    ['$or of a value', { $or: [{ a: 1 }, true] }],
    ['$or of undefined beside a filter', { $or: [{ a: 1 }, undefined] }],
    ['$in of a text', { a: { $in: 'alice' } }],
    ['$in of a Set', { a: { $in: new Set(['alice']) } }],
    ['$in of a list', { a: { $in: [['alice']] } }],
    ['$in with a hole', { a: { $in: Array(1) } }],
    ['$exists of a number', { a: { $exists: 1 } }],
    ['$exists of a text', { a: { $exists: 'true' } }],
    ['$exists of null', { a: { $exists: null } }],
    ['a key with a NUL', { 'a\u0000': 1 }],
    ['a key with a lone surrogate', { 'a\ud800': 1 }],
    ['a valid key beside an invalid one', { owner: 'alice', team: undefined }],
  ])('refuses %s', (_, input) => {
    expect(() => parseFilter(input)).toThrow(InvalidFilterError);
  });

  it.each(['$and', '$or', '$not'])('takes as many levels of %s as it says, and no more', (operator) => {
    expect(() => parseFilter(nested(operator, MAX_FILTER_DEPTH))).not.toThrow();
    expect(() => parseFilter(nested(operator, MAX_FILTER_DEPTH + 1))).toThrow('nested deeper than 8 levels');
  });

  it.each<[string, (count: number) => unknown]>([
    ['$and', (count) => ({ $and: Array(count).fill({ a: 1 }) })],
    ['$or', (count) => ({ $or: Array(count).fill({ a: 1 }) })],
    ['$in', (count) => ({ a: { $in: Array(count).fill(1) } })],
    ['$contains', (count) => ({ a: { $contains: Array(count).fill(1) } })],
    [
      'an object',
      (count) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 1])),
    ],
  ])('takes as many members of %s as it says, and no more', (_, inputOf) => {
    expect(() => parseFilter(inputOf(MAX_FILTER_MEMBERS))).not.toThrow();
    expect(() => parseFilter(inputOf(MAX_FILTER_MEMBERS + 1))).toThrow(/more than 100 (keys|members)/);
  });

  it('takes as many comparisons in all as it says, and no more', () => {
    const hundred = { a: { $in: Array(100).fill(1) } };
    expect(MAX_FILTER_COMPARISONS).toBe(500);
    expect(() => parseFilter({ $or: Array(5).fill(hundred) })).not.toThrow();
    expect(() => parseFilter({ $or: [...Array(5).fill(hundred), { b: 1 }] })).toThrow(
      'more than 500 comparisons',
    );
  });

  it('does not unfold a filter that repeats itself to an immense size', () => {
    const immense = Array.from({ length: 7 }).reduce<object>((part) => ({ $or: Array(100).fill(part) }), {
      a: 1,
    });
    expect(() => parseFilter(immense)).toThrow('more than 500 comparisons');
  });

  it('does not follow a filter that contains itself', () => {
    const endless: { $not?: unknown } = {};
    endless.$not = endless;
    expect(() => parseFilter(endless)).toThrow('nested deeper than 8 levels');
  });

  it('reads a list by its members, whatever its iterator says', () => {
    const values = Object.assign(['alice'], {
      *[Symbol.iterator]() {
        yield 'bob';
      },
    });
    expect(parseFilter({ owner: { $in: values } })).toEqual({ kind: 'in', key: 'owner', values: ['alice'] });
  });

  it('reads each property once, so that a getter cannot pass one value and use another', () => {
    const answers = ['alice', undefined, {}];
    const input = {
      get owner(): unknown {
        return answers.shift();
      },
    };
    expect(parseFilter(input)).toEqual({ kind: 'equals', key: 'owner', value: 'alice' });
    expect(answers).toHaveLength(2);
  });

  it('reads what a proxy answers, and refuses what it answers wrongly', () => {
    const proxy = (value: unknown): unknown => new Proxy({ owner: 'alice' }, { get: () => value });
    expect(parseFilter(proxy('bob'))).toEqual({ kind: 'equals', key: 'owner', value: 'bob' });
    expect(() => parseFilter(proxy(undefined))).toThrow(InvalidFilterError);
    const concealing = new Proxy({ owner: 'alice' }, { getOwnPropertyDescriptor: () => undefined });
    expect(() => parseFilter(concealing)).toThrow(InvalidFilterError);
  });

  it('keeps nothing of what it was given', () => {
    const values = ['alice'];
    const filter = parseFilter({ owner: { $in: values } });
    values.push('bob');
    expect(filter).toEqual({ kind: 'in', key: 'owner', values: ['alice'] });
  });

  it.each<[string, unknown, string]>([
    ['what is no filter', 'alice', 'the filter is not a plain object'],
    ['an empty part', { $not: {} }, '$not is empty'],
    ['an operator at the top', { $nor: [] }, 'unknown operator "$nor"'],
    ['a key that cannot be stored', { '\u0000': 1 }, 'the key "\\u0000" cannot be stored'],
    ['two operators', { a: { $ne: 1, $in: [2] } }, '"a" needs exactly one operator'],
    ['an operator, on one line', { 'a\nb': { $like: 1 } }, 'unknown operator "$like" for "a\\nb"'],
    ['an operand', { a: { $exists: 1 } }, '"a": $exists needs true or false'],
    ['what is no list', { a: { $in: 1 } }, '"a": $in needs a list'],
    ['an empty list', { owner: { $in: [] } }, '"owner": $in is empty'],
    ['a long list', { a: { $in: Array(101).fill(1) } }, '"a": $in has more than 100 members'],
    ['a value', { owner: undefined }, '"owner" is not a JSON string, number, boolean or null'],
    [
      'what is hidden',
      { [Symbol('a')]: 1 },
      'the filter has a symbol as key, or a property that is not enumerable',
    ],
  ])('names %s', (_, input, message) => {
    expect(() => parseFilter(input)).toThrow(new InvalidFilterError(message));
    expect(() => parseFilter(input)).toThrow(expect.objectContaining({ name: 'InvalidFilterError' }));
  });
});

/** @param levels of objects, the innermost and outermost included */
function nested(operator: string, levels: number): object {
  return Array.from({ length: levels - 1 }).reduce<object>(
    (inner) => ({ [operator]: operator === '$not' ? inner : [inner] }),
    { a: 1 },
  );
}
