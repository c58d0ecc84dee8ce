import { describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { ClaimsMapper, type PrincipalCandidate } from '../../src/authentication/claims.mapper.js';
import type { TokenClaims } from '../../src/authentication/token.claims.js';
import { startApp, UNAUTHORIZED } from './support/authentication.app.js';
import { claims, forge, now, SECRET } from './support/token.forge.js';

describe('The claims of a token', () => {
  it.each([
    [
      'permissions as a list',
      { permissions: ['threads:read', 'threads:write'] },
      ['threads:read', 'threads:write'],
    ],
    [
      'permissions as a text',
      { permissions: ' threads:read  threads:write ' },
      ['threads:read', 'threads:write'],
    ],
    ['scope', { scope: 'threads:read openid' }, ['threads:read', 'openid']],
    ['permissions rather than scope', { permissions: [], scope: 'admin' }, []],
    ['an empty scope', { scope: '' }, []],
    ['neither', {}, []],
  ])('give permissions from %s', async (_what, changes, permissions) => {
    const app = await startApp({ AUTH_JWT_SECRET: SECRET });
    expect((await app.meWith(forge({ payload: claims(changes) }))).body).toMatchObject({ permissions });
    await app.close();
  });

  it('are kept, and take the place of nothing that the token proves (abuse case 13)', async () => {
    const app = await startApp({ AUTH_JWT_SECRET: SECRET });
    const exp = now() + 60;
    const injected = `{"sub":"alice","exp":${exp},"identity":"root","display_name":"Root","is_authenticated":false,
      "__proto__":{"permissions":["admin"],"org":"evil"},"constructor":"c","org":"acme","name":7}`;
    const { status, body } = await app.meWith(forge({ payload: injected }));
    expect(status).toBe(200);
    expect(body).toEqual({
      sub: 'alice',
      exp,
      name: 7,
      org: 'acme',
      constructor: 'c',
      identity: 'alice',
      display_name: 'alice',
      is_authenticated: true,
      permissions: [],
    });
    await app.close();
  });

  it.each(['аlice', 'alice\u200b', 'Alice', 'a\u0301lice', 'anonymous', 'system'])(
    'keep %j as a name of its own, code point by code point (abuse case 11)',
    async (sub) => {
      const app = await startApp({ AUTH_JWT_SECRET: SECRET });
      const { body } = await app.meWith(forge({ payload: claims({ sub }) }));
      expect(body).toMatchObject({ identity: sub, permissions: [] });
      await app.close();
    },
  );
});

@Injectable()
class EmailClaimsMapper extends ClaimsMapper {
  override toPrincipal({ email, broken }: TokenClaims): Promise<PrincipalCandidate | undefined> {
    if (broken === true) return Promise.reject(new Error('database password: hunter2'));
    return Promise.resolve(email === undefined ? undefined : { identity: email });
  }
}

describe('A claims mapper of the application', () => {
  it('decides who the token speaks for', async () => {
    const app = await startApp({ AUTH_JWT_SECRET: SECRET }, { claimsMapper: EmailClaimsMapper });
    const answer = await app.meWith(forge({ payload: claims({ email: 'a@example.com', sub: undefined }) }));
    expect(answer).toMatchObject({ status: 200, body: { identity: 'a@example.com', permissions: [] } });
    await app.close();
  });

  it('cannot let a token outlast its expiry: what is held open with it ends then', async () => {
    const app = await startApp({ AUTH_JWT_SECRET: SECRET }, { claimsMapper: EmailClaimsMapper });
    const exp = now() + 60;
    const answer = await app.meWith(forge({ payload: claims({ email: 'a@example.com', exp }) }));
    expect(answer.body).toMatchObject({ identity: 'a@example.com', exp });
    await app.close();
  });

  it('refuses a token by giving nobody, or somebody without a valid identity', async () => {
    const app = await startApp({ AUTH_JWT_SECRET: SECRET }, { claimsMapper: EmailClaimsMapper });
    expect(await app.meWith(forge())).toEqual(UNAUTHORIZED);
    expect(await app.meWith(forge({ payload: claims({ email: ['a@example.com'] }) }))).toEqual(UNAUTHORIZED);
    await app.close();
  });

  it('that throws is a fault of the server, told without its text', async () => {
    const app = await startApp({ AUTH_JWT_SECRET: SECRET }, { claimsMapper: EmailClaimsMapper });
    expect(await app.meWith(forge({ payload: claims({ broken: true }) }))).toEqual({
      status: 500,
      body: { detail: 'Internal Server Error' },
    });
    await app.close();
  });
});
