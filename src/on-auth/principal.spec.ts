import { describe, expect, it } from '@jest/globals';
import { MAX_IDENTITY_LENGTH, expiryOf, isIdentity, parsePrincipal } from './principal.js';

describe('a principal', () => {
  it('has what a name alone leaves open', () => {
    expect(parsePrincipal('alice')).toStrictEqual({
      identity: 'alice',
      display_name: 'alice',
      is_authenticated: true,
      permissions: [],
    });
  });

  it('keeps what was proved, further claims included', () => {
    const claims = { identity: 'alice', display_name: 'Alice', permissions: ['read'], org: 'acme' };
    expect(parsePrincipal(claims)).toStrictEqual({ ...claims, is_authenticated: true });
  });

  it('can be changed by nobody, not even by who gave its permissions', () => {
    const permissions = ['read'];
    const principal = parsePrincipal({ identity: 'alice', permissions });
    permissions.push('admin');
    expect(principal?.permissions).toEqual(['read']);
    expect([principal, principal?.permissions].every(Object.isFrozen)).toBe(true);
  });

  it('is taken as it is where it was made before', () => {
    const principal = parsePrincipal('alice');
    expect(parsePrincipal(principal)).toBe(principal);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a number', 7],
    ['a list', ['alice']],
    ['a list that has an identity', Object.assign([], { identity: 'alice' })],
    ['a function that has an identity', Object.assign(() => 1, { identity: 'alice' })],
    ['no identity', {}],
    ['an identity of another type', { identity: 7 }],
    ['somebody who proved nothing', { identity: 'alice', is_authenticated: false }],
    ['somebody who may have proved something', { identity: 'alice', is_authenticated: 'true' }],
    ['a display name of another type', { identity: 'alice', display_name: 7 }],
    ['permissions that are no list', { identity: 'alice', permissions: 'all' }],
    ['a permission that is no text', { identity: 'alice', permissions: ['read', 1] }],
    ['a claim that cannot be stored', { identity: 'alice', org: '\u0000' }],
  ])('is not made of %s', (_, candidate) => {
    expect(parsePrincipal(candidate)).toBeUndefined();
  });
});

describe('the proof of a principal', () => {
  it.each<[string, unknown, number | undefined]>([
    ['until it expires', 1_700_000_000.5, 1_700_000_000_500],
    ['for ever, where it says nothing', undefined, undefined],
    ['for ever, where it says something else', '1700000000', undefined],
    ['for ever, where it says no time', Number.NaN, undefined],
    ['for ever, where it says so', Number.POSITIVE_INFINITY, undefined],
  ])('holds %s', (_, exp, expected) => {
    const principal = parsePrincipal({ identity: 'alice', exp })!;
    expect(expiryOf(principal)).toBe(expected);
  });
});

describe('an identity', () => {
  it.each([['a'], ['a b'], ['ålice'], ['😀'], ['*'], ['a'.repeat(MAX_IDENTITY_LENGTH)]])(
    'may be %s',
    (text) => {
      expect(isIdentity(text)).toBe(true);
    },
  );

  it.each<[string, unknown]>([
    ['empty', ''],
    ['longer than 512 characters', 'a'.repeat(MAX_IDENTITY_LENGTH + 1)],
    ['of two lines', 'alice\nbob'],
    ['with a delete character', 'a\u007f'],
    ['with half a surrogate pair', 'a\ud83d'],
    ['a list of one text', ['alice']],
  ])('is not %s', (_, value) => {
    expect(isIdentity(value)).toBe(false);
  });
});
