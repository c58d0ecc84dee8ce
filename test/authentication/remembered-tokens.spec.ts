import { createSecretKey, type KeyObject } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ClaimsMapper, StandardClaimsMapper } from '../../src/authentication/claims.mapper.js';
import { JwtStrategy } from '../../src/authentication/jwt.strategy.js';
import type { KeySource } from '../../src/authentication/keys/key.source.js';
import { CLOCK_TOLERANCE_S, type TokenClaims } from '../../src/authentication/token.claims.js';
import { parseHeader } from '../../src/authentication/token.parser.js';
import { VerifiedTokens } from '../../src/authentication/verified.tokens.js';
import { PassportAuthenticator } from '../../src/on-auth/passport.authenticator.js';
import { UnauthenticatedError } from '../../src/on-auth/errors.js';
import { claims, forge, now, SECRET } from './support/token.forge.js';

/** Keys that a test changes while the strategy is at work. */
class ChangingKeys implements KeySource {
  readonly algorithms = ['HS256'] as const;
  key: KeyObject | undefined = secretKey(SECRET);

  keyFor(): Promise<KeyObject | undefined> {
    return Promise.resolve(this.key);
  }
}

const secretKey = (secret: string) => createSecretKey(Buffer.from(secret));

/** What a handler sees of a principal, as one that does not care for types. */
interface Disclosed {
  identity: string;
  readonly permissions: string[];
  readonly org: { readonly roles: string[] };
  readonly groups: { id: number }[];
}

let keys: ChangingKeys;
let authenticator: PassportAuthenticator;

function useStrategy(mapper: ClaimsMapper = new StandardClaimsMapper(), audience?: string): void {
  keys = new ChangingKeys();
  const strategy = new JwtStrategy(keys, mapper, { issuer: undefined, audience });
  authenticator = new PassportAuthenticator({ strategies: [strategy] });
}

const ask = async (token: string) =>
  authenticator.authenticate({ headers: { authorization: `Bearer ${token}` } });

beforeEach(() => useStrategy());
afterEach(() => void jest.restoreAllMocks());

describe('A token that was verified before', () => {
  it('proves the same again', async () => {
    const token = forge({ payload: claims({ permissions: ['threads:read'], name: 'Alice' }) });
    const first = await ask(token);
    expect(await ask(token)).toEqual(first);
  });

  it('is refused once it has expired (abuse case 16)', async () => {
    const exp = now() + 60;
    const token = forge({ payload: claims({ exp }) });
    await ask(token);
    jest.spyOn(Date, 'now').mockReturnValue((exp + CLOCK_TOLERANCE_S) * 1000);
    await expect(ask(token)).rejects.toThrow(UnauthenticatedError);
  });

  it('is refused once its key was taken away (abuse case 16)', async () => {
    const token = forge();
    await ask(token);
    keys.key = undefined;
    await expect(ask(token)).rejects.toThrow(UnauthenticatedError);
  });

  it('is refused once another key stands in the place of its key', async () => {
    const token = forge();
    await ask(token);
    keys.key = secretKey('another-secret-of-at-least-32-bytes-5X');
    await expect(ask(token)).rejects.toThrow(UnauthenticatedError);
  });

  it('is verified anew under a key that was read again, and accepted when it is the same', async () => {
    const token = forge();
    await ask(token);
    keys.key = secretKey(SECRET);
    expect(await ask(token)).toMatchObject({ identity: 'alice' });
  });

  it('lends nothing to the same claims under a wrong signature', async () => {
    const token = forge();
    await ask(token);
    const [header, payload] = token.split('.');
    const [, , strange] = forge({ payload: claims({ sub: 'bob' }) }).split('.');
    await expect(ask(`${header}.${payload}.${strange}`)).rejects.toThrow(UnauthenticatedError);
  });

  it('speaks for a principal that no request can change for the next one (abuse case 13)', async () => {
    const token = forge({ payload: claims({ org: { roles: ['reader'] }, groups: [{ id: 1 }] }) });
    for (let round = 0; round < 3; round += 1) {
      const principal = (await ask(token)) as unknown as Disclosed;
      expect(principal).toMatchObject({ org: { roles: ['reader'] }, groups: [{ id: 1 }], permissions: [] });
      expect(() => principal.org.roles.push('admin')).toThrow(TypeError);
      expect(() => principal.permissions.push('admin')).toThrow(TypeError);
      expect(() => (principal.groups[0].id = 2)).toThrow(TypeError);
      expect(() => (principal.identity = 'bob')).toThrow(TypeError);
    }
  });

  it('is read anew for a mapper of the application, whatever that does to the claims', async () => {
    class Careless extends ClaimsMapper {
      toPrincipal({ sub, roles }: TokenClaims) {
        const permissions = roles as string[];
        permissions.push(`seen ${permissions.length}`);
        return { identity: sub, permissions };
      }
    }
    useStrategy(new Careless());
    const token = forge({ payload: claims({ roles: ['reader'] }) });
    for (let round = 0; round < 3; round += 1)
      expect((await ask(token)).permissions).toEqual(['reader', 'seen 1']);
  });

  it('is mapped anew by a mapper that only begins with the standard one', async () => {
    let team = 'red';
    class Teams extends StandardClaimsMapper {
      override toPrincipal(given: TokenClaims) {
        return { ...super.toPrincipal(given), team };
      }
    }
    useStrategy(new Teams());
    const token = forge();
    expect(await ask(token)).toMatchObject({ identity: 'alice', team: 'red' });
    team = 'blue';
    expect(await ask(token)).toMatchObject({ identity: 'alice', team: 'blue' });
  });

  it('that was not in force yet is accepted when it is', async () => {
    const nbf = now() + 60;
    const token = forge({ payload: claims({ nbf, exp: nbf + 60 }) });
    await expect(ask(token)).rejects.toThrow(UnauthenticatedError);
    jest.spyOn(Date, 'now').mockReturnValue((nbf + 1) * 1000);
    for (let round = 0; round < 2; round += 1) expect(await ask(token)).toMatchObject({ identity: 'alice' });
  });

  it('is mapped to a principal anew, so that the mapper may refuse it now', async () => {
    let isBlocked = false;
    class Blocking extends ClaimsMapper {
      toPrincipal({ sub }: TokenClaims) {
        return isBlocked ? undefined : { identity: sub };
      }
    }
    useStrategy(new Blocking());
    const token = forge();
    expect(await ask(token)).toMatchObject({ identity: 'alice' });
    isBlocked = true;
    await expect(ask(token)).rejects.toThrow(UnauthenticatedError);
  });
});

describe('A token that was refused', () => {
  it.each([
    ['for another audience', claims({ aud: 'them' })],
    ['without an audience', claims()],
    ['that had expired', claims({ aud: 'us', exp: now() - 60 })],
  ])('%s is refused again', async (_what, payload) => {
    useStrategy(new StandardClaimsMapper(), 'us');
    const token = forge({ payload });
    for (let round = 0; round < 2; round += 1) await expect(ask(token)).rejects.toThrow(UnauthenticatedError);
  });
});

describe('The memory of verified tokens', () => {
  const header = parseHeader(forge()) ?? { alg: 'HS256', kid: undefined };
  const verified = { header, key: secretKey(SECRET), bearer: () => undefined };

  it('lets the oldest go when it is full', () => {
    const tokens = new VerifiedTokens();
    for (let index = 0; index <= 2_000; index += 1) tokens.remember(`a.${index}.c`, verified);
    expect(tokens.find('a.0.c')).toBeUndefined();
    expect(tokens.find('a.1.c')).toBeDefined();
    expect(tokens.find('a.2000.c')).toBeDefined();
  });

  it('does not grow by a token that it knows', () => {
    const tokens = new VerifiedTokens();
    for (let index = 0; index < 2_000; index += 1) tokens.remember(`a.${index}.c`, verified);
    tokens.remember('a.1999.c', verified);
    expect(tokens.find('a.0.c')).toBeDefined();
  });

  it('passes over tokens that are too long for it', () => {
    const tokens = new VerifiedTokens();
    const token = `a.${'b'.repeat(2_048)}.c`;
    tokens.remember(token, verified);
    expect(tokens.find(token)).toBeUndefined();
  });
});
