import { describe, expect, it } from '@jest/globals';
import type { FilterInput } from './filter.js';
import { matches } from './filter.matcher.js';
import { parseFilter } from './filter.parser.js';

type Metadata = Readonly<Record<string, unknown>> | null | undefined;

describe('matches', () => {
  it.each<[string, FilterInput, Metadata, boolean]>([
    ['everything', {}, {}, true],
    ['everything of no metadata', {}, undefined, true],
    ['a value', { owner: 'alice' }, { owner: 'alice', team: 'a' }, true],
    ['another value', { owner: 'alice' }, { owner: 'bob' }, false],
    ['a value in another case', { owner: 'alice' }, { owner: 'Alice' }, false],
    ['a missing key', { owner: 'alice' }, {}, false],
    ['no metadata', { owner: 'alice' }, null, false],
    ['a null', { owner: null }, { owner: null }, true],
    ['a missing key, where null is wanted', { owner: null }, {}, false],
    ['a number as text', { level: 1 }, { level: '1' }, false],
    ['a text as number', { level: '1' }, { level: 1 }, false],
    ['true as 1', { level: true }, { level: 1 }, false],
    ['-0 as 0', { level: 0 }, { level: -0 }, true],
    ['a list of the value', { owner: 'alice' }, { owner: ['alice'] }, false],
    ['$ne of the value', { owner: { $ne: 'alice' } }, { owner: 'alice' }, false],
    ['$ne of another value', { owner: { $ne: 'alice' } }, { owner: 'bob' }, true],
    ['$ne of a missing key', { owner: { $ne: 'alice' } }, {}, true],
    ['$ne null of a missing key', { owner: { $ne: null } }, {}, true],
    ['$in', { owner: { $in: ['alice', 'bob'] } }, { owner: 'bob' }, true],
    ['$in of none', { owner: { $in: ['alice', 'bob'] } }, { owner: 'carol' }, false],
    ['$exists of a null', { owner: { $exists: true } }, { owner: null }, true],
    ['$exists of a missing key', { owner: { $exists: true } }, {}, false],
    ['$exists false of a missing key', { owner: { $exists: false } }, {}, true],
    ['$exists false of no metadata', { owner: { $exists: false } }, undefined, true],
    ['$contains', { tags: { $contains: 'a' } }, { tags: ['b', 'a'] }, true],
    ['$contains of all', { tags: { $contains: ['a', 'b'] } }, { tags: ['b', 'a'] }, true],
    ['$contains of some only', { tags: { $contains: ['a', 'c'] } }, { tags: ['b', 'a'] }, false],
    ['$contains of a text', { tags: { $contains: 'a' } }, { tags: 'a' }, false],
    ['$contains of an inner list', { tags: { $contains: 'a' } }, { tags: [['a']] }, false],
    ['$contains of no list', { tags: { $contains: 'a' } }, {}, false],
    ['all keys', { a: 1, b: 2 }, { a: 1, b: 2 }, true],
    ['one of all keys', { a: 1, b: 2 }, { a: 1 }, false],
    ['one of any', { $or: [{ a: 1 }, { b: 2 }] }, { b: 2 }, true],
    ['none of any', { $or: [{ a: 1 }, { b: 2 }] }, { b: 1 }, false],
    ['not of a match', { $not: { a: 1 } }, { a: 1 }, false],
    ['not of a missing key', { $not: { a: 1 } }, {}, true],
  ])('decides on %s', (_, filter, metadata, expected) => {
    expect(matches(parseFilter(filter), metadata)).toBe(expected);
  });

  it.each(['constructor', 'toString', 'hasOwnProperty', '__proto__'])(
    'does not see %s unless the row has it',
    (key) => {
      const exists = parseFilter({ [key]: { $exists: true } });
      expect(matches(exists, {})).toBe(false);
      expect(matches(exists, JSON.parse(`{${JSON.stringify(key)}:null}`))).toBe(true);
    },
  );

  it.each<[string, unknown]>([
    ['a list', ['alice']],
    ['a text', 'owner'],
    ['a number', 1],
    ['a boolean', true],
  ])('gives %s no keys', (_, metadata) => {
    for (const key of ['0', 'length', 'owner']) {
      expect(matches(parseFilter({ [key]: { $exists: true } }), metadata as Metadata)).toBe(false);
    }
  });
});
