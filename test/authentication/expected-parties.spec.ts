import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, UNAUTHORIZED, type AuthenticationApp } from './support/authentication.app.js';
import { claims, forge, SECRET } from './support/token.forge.js';

const ISSUER = 'https://issuer.example/tenant-a';
const AUDIENCE = 'onauth';

describe('With an issuer and an audience configured (abuse cases 9 and 12), a token', () => {
  let app: AuthenticationApp;
  beforeAll(async () => {
    app = await startApp({ AUTH_JWT_SECRET: SECRET, AUTH_JWT_ISSUER: ISSUER, AUTH_JWT_AUDIENCE: AUDIENCE });
  });
  afterAll(() => app.close());

  it.each([
    ['a text', AUDIENCE],
    ['one of a list', ['other', AUDIENCE]],
  ])('is accepted when the audience is %s', async (_what, aud) => {
    expect(await app.meWith(forge({ payload: claims({ iss: ISSUER, aud }) }))).toMatchObject({ status: 200 });
  });

  it.each([
    ['has no issuer', { aud: AUDIENCE }],
    ['has the issuer with a slash at its end', { iss: `${ISSUER}/`, aud: AUDIENCE }],
    ['has the issuer in other letters', { iss: ISSUER.toUpperCase(), aud: AUDIENCE }],
    ['has the issuer of another tenant', { iss: 'https://issuer.example/tenant-b', aud: AUDIENCE }],
    ['has the issuer in a list', { iss: [ISSUER], aud: AUDIENCE }],
    ['has no audience', { iss: ISSUER }],
    ['has another audience, as the identity token of a client has', { iss: ISSUER, aud: 'web-client' }],
    ['has an empty list of audiences', { iss: ISSUER, aud: [] }],
    ['has a list of other audiences', { iss: ISSUER, aud: ['a', 'onauth2', ['onauth']] }],
    ['has the audience among others in a text', { iss: ISSUER, aud: `${AUDIENCE} other` }],
  ])('is refused when it %s', async (_what, changes) => {
    expect(await app.meWith(forge({ payload: claims(changes) }))).toEqual(UNAUTHORIZED);
  });
});
