import type { FilterInput } from '../../../src/on-auth/filter/filter.js';
import type { FilterCase } from './hostile-cases.js';

type Row = readonly [title: string, filter: FilterInput, metadata: unknown, expected: boolean];

const alice = { owner: 'alice' };
/** Nested as deep as a filter may be. */
const eightLevels: FilterInput = Array.from({ length: 7 }).reduce<FilterInput>(
  (inner) => ({ $not: inner }),
  alice,
);

const rows: readonly Row[] = [
  ['everything matches an object', {}, alice, true],
  ['everything matches SQL NULL', {}, undefined, true],
  ['everything matches JSON null', {}, null, true],
  ['everything matches a list', {}, [], true],

  ['SQL NULL has no key', alice, undefined, false],
  ['SQL NULL lacks every key', { owner: { $exists: false } }, undefined, true],
  ['SQL NULL is not null at a key', { owner: null }, undefined, false],
  ['SQL NULL differs from a value', { owner: { $ne: 'alice' } }, undefined, true],
  ['SQL NULL contains nothing', { owner: { $contains: 'alice' } }, undefined, false],
  ['SQL NULL is on the other side of contains', { $not: { owner: { $contains: 'alice' } } }, undefined, true],
  ['SQL NULL is on the other side of in', { $not: { owner: { $in: ['alice'] } } }, undefined, true],
  ['JSON null has no key', alice, null, false],
  ['JSON null lacks every key', { owner: { $exists: false } }, null, true],
  ['JSON null differs from a value', { owner: { $ne: 'alice' } }, null, true],
  ['JSON null is on the other side of contains', { $not: { owner: { $contains: 'alice' } } }, null, true],

  ['a list has no key', alice, ['owner', 'alice'], false],
  ['a list has no key, whatever its elements', { owner: { $exists: true } }, ['owner'], false],
  ['a list of objects is not searched', alice, [alice], false],
  ['a list has no key that looks like a position', { 0: 'alice' }, ['alice'], false],
  ['a list has no position from the end', { '-1': 'alice' }, ['alice'], false],
  ['a list has no length', { length: 1 }, ['alice'], false],
  ['a list differs', { owner: { $ne: 'alice' } }, ['alice'], true],
  ['a list is not what contains looks into', { owner: { $contains: 'alice' } }, ['alice'], false],
  ['a text has no key', alice, 'owner', false],
  ['a text has no key, though it is spelled so', { owner: { $exists: true } }, 'owner', false],
  ['a text of JSON is not parsed', alice, '{"owner":"alice"}', false],
  ['a number has no key', { owner: { $exists: false } }, 1, true],
  ['a boolean has no key', { owner: { $ne: true } }, true, true],

  ['a missing key differs', { owner: { $ne: 'alice' } }, {}, true],
  ['a missing key differs from null', { owner: { $ne: null } }, {}, true],
  ['a null at a key is null', { owner: null }, { owner: null }, true],
  ['a null at a key exists', { owner: { $exists: true } }, { owner: null }, true],
  ['a null at a key is not missing', { owner: { $exists: false } }, { owner: null }, false],
  ['a null at a key differs from a value', { owner: { $ne: 'alice' } }, { owner: null }, true],
  ['a null at a key is not the text null', { owner: 'null' }, { owner: null }, false],
  ['a null is among nulls', { owner: { $in: ['alice', null] } }, { owner: null }, true],
  ['a missing key is not among nulls', { owner: { $in: ['alice', null] } }, {}, false],
  ['a missing key is not among', { $not: { owner: { $in: ['alice', null] } } }, {}, true],

  ['1 is not "1"', { k: 1 }, { k: '1' }, false],
  ['"1" is not 1', { k: '1' }, { k: 1 }, false],
  ['1 is not true', { k: 1 }, { k: true }, false],
  ['true is not 1', { k: true }, { k: 1 }, false],
  ['true is not "true"', { k: true }, { k: 'true' }, false],
  ['0 is not false', { k: 0 }, { k: false }, false],
  ['0 is not null', { k: 0 }, { k: null }, false],
  ['"" is not null', { k: '' }, { k: null }, false],
  ['"" is not missing', { k: '' }, {}, false],
  ['false is not missing', { k: false }, {}, false],
  ['true is not among its likes', { k: { $in: [1, 'true', '1'] } }, { k: true }, false],
  ['true is not an element of its likes', { k: { $contains: true } }, { k: [1, 'true', '1'] }, false],
  ['1 is not an element of its likes', { k: { $contains: 1 } }, { k: [true, '1', [1], { k: 1 }] }, false],
  [
    'null is not an element of its likes',
    { k: { $contains: null } },
    { k: [0, '', false, 'null', []] },
    false,
  ],

  ['a text is not what contains looks into', { k: { $contains: 'a' } }, { k: 'a' }, false],
  ['an object is not what contains looks into', { k: { $contains: 'a' } }, { k: { x: 'a', a: 1 } }, false],
  ['an empty list contains nothing', { k: { $contains: 'a' } }, { k: [] }, false],
  ['a missing key contains nothing', { k: { $contains: null } }, {}, false],
  ['a null contains nothing', { k: { $contains: null } }, { k: null }, false],
  ['a list contains all', { k: { $contains: ['a', 1, null] } }, { k: [null, 1, 'b', 'a'] }, true],
  ['a list contains not all', { k: { $contains: ['a', 'c'] } }, { k: ['a', 'b'] }, false],
  ['a list contains one twice', { k: { $contains: ['a', 'a'] } }, { k: ['a'] }, true],
  ['an inner list does not count', { k: { $contains: 'a' } }, { k: [['a']] }, false],
  ['a part of a text does not count', { k: { $contains: 'a' } }, { k: ['ab'] }, false],
  ['a list is no value', { k: 'a' }, { k: ['a'] }, false],
  ['a list is none of the values', { k: { $in: ['a', 'b'] } }, { k: ['a'] }, false],
  ['an object is no value', { k: 'a' }, { k: { a: 'a' } }, false],

  ['all of two', { a: 1, b: 2 }, { a: 1, b: 2, c: 3 }, true],
  ['one of two is not all', { a: 1, b: 2 }, { a: 1 }, false],
  ['any of two', { $or: [{ a: 1 }, { b: 2 }] }, { b: 2 }, true],
  ['any of two, and a third', { $or: [{ a: 1 }, { b: 2 }], c: 3 }, { a: 1, b: 2 }, false],
  ['a key beside an operator', { c: 3, $or: [{ a: 1 }, { b: 2 }] }, { a: 1, c: 3 }, true],
  ['and within or', { $or: [{ a: 1, b: 2 }, { c: 3 }] }, { a: 1, c: 4 }, false],
  ['or within and', { $and: [{ $or: [{ a: 1 }, { b: 2 }] }, { c: 3 }] }, { b: 2, c: 3 }, true],
  ['not of a missing key', { $not: alice }, {}, true],
  ['not of a part', { $not: { a: 1, b: 2 } }, { a: 1 }, true],
  ['not of all', { $not: { a: 1, b: 2 } }, { a: 1, b: 2 }, false],
  ['not of any, with a missing key', { $not: { $or: [{ a: 1 }, { b: 2 }] } }, { b: 3 }, true],
  ['not of not, with a missing key', { $not: { $not: alice } }, {}, false],
  ['not of ne, with a missing key', { $not: { owner: { $ne: 'alice' } } }, {}, false],
  ['not of not missing', { $not: { owner: { $exists: false } } }, undefined, false],
  ['not within or, with a missing key', { $or: [{ a: 1 }, { $not: { b: 2 } }] }, {}, true],
  ['not within and, with a missing key', { $and: [{ $not: { a: 1 } }, { $not: { b: 2 } }] }, {}, true],
  ['seven times not', eightLevels, {}, true],
  ['seven times not of a match', eightLevels, alice, false],
  ['a key of the prototype is not the row’s', { constructor: { $exists: true } }, {}, false],
  ['a key of lists is not the row’s', { length: { $exists: true } }, [], false],
  ['the first of two like keys', { 'a.b': 1 }, { a: { b: 1 }, 'a.b': 2 }, false],
];

/** What a reader of a policy would ask: each row once, by hand. */
export const namedCases: readonly FilterCase[] = rows.map(([title, filter, metadata, expected]) => ({
  title,
  filter,
  metadata,
  expected,
}));
