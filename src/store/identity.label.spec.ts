import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { identityLabel } from './identity.label.js';

describe('the label of an identity', () => {
  it.each([
    ['alice', 'alice'],
    ['auth0|5f', 'auth0|5f'],
    ['100%', '100%'],
    ['*', '*'],
    ['alice@example.com', 'alice@example%2Ecom'],
    ['a%2Eb', 'a%252Eb'],
    ['a%252Eb', 'a%25252Eb'],
    ['.', '%2E'],
  ])('of %s is %s', (identity, label) => {
    expect(identityLabel(identity)).toBe(label);
  });

  it('has no period, and is nobody else’s', () => {
    const identity = fc.string({
      unit: fc.constantFrom('a', '.', '%', '2', '5', 'E'),
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(identity, identity, (one, other) => {
        expect(identityLabel(one)).not.toContain('.');
        expect(identityLabel(one) === identityLabel(other)).toBe(one === other);
      }),
      { numRuns: 5_000 },
    );
  });
});
