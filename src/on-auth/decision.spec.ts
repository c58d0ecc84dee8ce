import { describe, expect, it } from '@jest/globals';
import { ALLOW, DENY, InvalidDecisionError, parseDecision } from './decision.js';

describe('what a handler answered', () => {
  it.each<[unknown]>([[undefined], [null], [true], [{}]])('allows with %j', (result) => {
    expect(parseDecision(result)).toBe(ALLOW);
    expect(ALLOW).toStrictEqual({ kind: 'allow' });
  });

  it('denies with false', () => {
    expect(parseDecision(false)).toBe(DENY);
    expect(DENY).toStrictEqual({ kind: 'deny' });
  });

  it('restricts with a filter', () => {
    expect(parseDecision({ owner: 'alice' })).toStrictEqual({
      kind: 'restrict',
      filter: { kind: 'equals', key: 'owner', value: 'alice' },
    });
  });

  it.each([['yes'], [0], [1], [''], [[]], [{ owner: undefined }]])('is no decision: %j', (result) => {
    expect(() => parseDecision(result)).toThrow(InvalidDecisionError);
    expect(() => parseDecision(result)).toThrow(expect.objectContaining({ name: 'InvalidDecisionError' }));
  });

  it('is refused with the reason', () => {
    expect(() => parseDecision({ owner: undefined })).toThrow(
      expect.objectContaining({
        message:
          'neither a boolean nor a valid filter: "owner" is not a JSON string, number, boolean or null',
        cause: expect.objectContaining({ name: 'InvalidFilterError' }),
      }),
    );
  });

  it('that cannot even be read fails as it fails', () => {
    const broken = new Error('broken');
    const result = new Proxy(
      {},
      {
        ownKeys: () => {
          throw broken;
        },
      },
    );
    expect(() => parseDecision(result)).toThrow(broken);
  });
});

describe('a decision that a key equals a value', () => {
  it.each<[string, object]>([
    ['a symbol beside it', { owner: 'alice', [Symbol('more')]: 1 }],
    [
      'a property that is not enumerable beside it',
      Object.defineProperty({ owner: 'alice' }, 'more', { value: 1 }),
    ],
    ['the property not enumerable', Object.defineProperty({}, 'owner', { value: 'alice' })],
    ['the property inherited', Object.create({ owner: 'alice' }) as object],
    ['a class', Object.assign(new (class Filter {})(), { owner: 'alice' })],
    ['a list for the value', { owner: ['alice'] }],
  ])('is none, however often it was taken before, with %s', (_, result) => {
    parseDecision({ owner: 'alice' });
    expect(() => parseDecision(result)).toThrow(InvalidDecisionError);
  });

  it('is one object for all who get it, and cannot be changed', () => {
    const decision = parseDecision({ owner: 'alice' });
    expect(parseDecision({ owner: 'alice' })).toBe(decision);
    expect(Object.isFrozen(decision)).toBe(true);
    expect(decision.kind === 'restrict' && Object.isFrozen(decision.filter)).toBe(true);
  });

  it.each<[unknown, unknown]>([
    [{ owner: 'alice' }, { owner: 'bob' }],
    [{ owner: 'alice' }, { team: 'alice' }],
    [{ owner: 1 }, { owner: '1' }],
    [{ owner: 1 }, { owner: true }],
    [{ owner: 0 }, { owner: false }],
    [{ owner: null }, { owner: 'null' }],
    [{ owner: '' }, { owner: null }],
    [{ a: 'b' }, { a: { $ne: 'b' } }],
  ])('is never that of another key or value: %j and %j', (one, other) => {
    const [first, second] = [parseDecision(one), parseDecision(other)];
    expect(first).not.toEqual(second);
    expect(parseDecision(one)).toBe(first);
    expect(parseDecision(other)).toEqual(second);
  });

  it('is the same decision when more of them were made than are remembered', () => {
    const before = parseDecision({ owner: 'alice' });
    for (let owner = 0; owner < 5_000; owner += 1)
      expect(parseDecision({ owner })).toEqual({
        kind: 'restrict',
        filter: { kind: 'equals', key: 'owner', value: owner },
      });
    const after = parseDecision({ owner: 'alice' });
    expect(after).toEqual(before);
    expect(after).not.toBe(before);
  });

  it('is remembered while few others are made', () => {
    parseDecision({ owner: 'alice' });
    for (let owner = 0; owner < 5_000; owner += 1) parseDecision({ owner });
    const before = parseDecision({ owner: 'alice' });
    for (let team = 0; team < 900; team += 1) parseDecision({ team });
    expect(parseDecision({ owner: 'alice' })).toBe(before);
  });

  it.each([
    ['value', { owner: 'x'.repeat(513) }],
    ['key', { ['x'.repeat(513)]: 'alice' }],
  ])('is made anew where its %s is long', (_, answer) => {
    const [[key, value]] = Object.entries(answer) as [[string, string]];
    expect(parseDecision(answer)).toEqual({ kind: 'restrict', filter: { kind: 'equals', key, value } });
    expect(parseDecision(answer)).not.toBe(parseDecision(answer));
  });

  it('is remembered up to that length', () => {
    const owner = 'x'.repeat(512);
    expect(parseDecision({ owner })).toBe(parseDecision({ owner }));
  });
});

describe('any other decision', () => {
  it('is an object of its own, and of its own filter', () => {
    const answers = [{ a: { $ne: 'b' } }, { a: { $ne: 'c' } }, { $or: [{ a: 1 }, { b: 1 }] }, { a: 1, b: 1 }];
    const decisions = answers.map((answer) => parseDecision(answer));
    const again = answers.map((answer) => parseDecision(answer));
    expect(again).toEqual(decisions);
    expect(new Set([...decisions, ...again]).size).toBe(8);
    expect(new Set(decisions.map((decision) => JSON.stringify(decision))).size).toBe(4);
  });
});
