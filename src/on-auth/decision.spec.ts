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
