import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type AuthenticationApp } from './support/authentication.app.js';
import { forge, SECRET } from './support/token.forge.js';

const token = forge();
let app: AuthenticationApp;

beforeAll(async () => {
  app = await startApp({ AUTH_JWT_SECRET: SECRET });
});
afterAll(() => app.close());

/** The status for headers exactly as given, name and value by turns. */
function statusFor(headers: readonly string[], path = '/me'): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(app.url);
    request({ hostname, port, path, headers: ['Host', hostname, ...headers] as never }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

describe('The Authorization header', () => {
  it.each(['Bearer', 'bearer', 'BEARER', 'bEaReR'])(
    'takes a token after %s and one space',
    async (scheme) => {
      expect(await statusFor(['Authorization', `${scheme} ${token}`])).toBe(200);
      expect(await statusFor(['AUTHORIZATION', `${scheme} ${token}`])).toBe(200);
    },
  );

  it.each([
    ['nothing', ''],
    ['the bare token', token],
    ['no token', 'Bearer '],
    ['two spaces', `Bearer  ${token}`],
    ['a tab', `Bearer\t${token}`],
    ['no space', `Bearer${token}`],
    ['another scheme', `JWT ${token}`],
    ['a colon', `Bearer: ${token}`],
    ['quotes', `Bearer "${token}"`],
    ['two tokens', `Bearer ${token} ${token}`],
    ['two tokens with a comma', `Bearer ${token}, Bearer ${token}`],
    ['a comma at the end', `Bearer ${token},`],
    ['a parameter', `Bearer ${token};a=b`],
    ['the scheme twice', `Bearer Bearer ${token}`],
    ['a scheme before', `Basic x, Bearer ${token}`],
  ])('is refused with %s (abuse case 14)', async (_what, value) => {
    expect(await statusFor(['Authorization', value])).toBe(401);
  });

  it.each([
    ['both sound', `Bearer ${token}`, `Bearer ${token}`],
    ['the first one sound', `Bearer ${token}`, 'Basic YTpi'],
    ['the second one sound', 'Basic YTpi', `Bearer ${token}`],
  ])('is refused when there are two of them, %s (abuse case 14)', async (_what, first, second) => {
    expect(await statusFor(['Authorization', first, 'authorization', second])).toBe(401);
  });
});

describe('A token elsewhere than in the Authorization header', () => {
  it.each(['access_token', 'token', 'auth_token', 'authorization', 'jwt'])(
    'is not taken from ?%s (abuse case 15)',
    async (name) => {
      expect(await statusFor([], `/me?${name}=${token}`)).toBe(401);
    },
  );

  it.each([
    ['Cookie', `token=${token}; authorization=Bearer ${token}`],
    ['X-Authorization', `Bearer ${token}`],
    ['Proxy-Authorization', `Bearer ${token}`],
    ['X-Auth-Scheme', 'langsmith'],
    ['X-User-Id', 'alice'],
    ['X-Forwarded-User', 'alice'],
    ['X-Api-Key', token],
  ])('is not taken from %s (abuse cases 15, 17 and 18)', async (name, value) => {
    expect(await statusFor([name, value])).toBe(401);
  });
});
