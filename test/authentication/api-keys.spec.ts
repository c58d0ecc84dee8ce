import { createHash } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, UNAUTHORIZED, type AuthenticationApp } from './support/authentication.app.js';
import { claims, forge, now, SECRET } from './support/token.forge.js';

const KEY = 'oak_3f9c2b7e1d5a8046c2e9';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const KEYS = JSON.stringify([
  { identity: 'other', sha256: sha256('another key') },
  { identity: 'ci', sha256: sha256(KEY), permissions: ['threads:read'], display_name: 'Build server' },
]);

describe('An API key', () => {
  let app: AuthenticationApp;
  beforeAll(async () => {
    app = await startApp({ AUTH_JWT_SECRET: SECRET, AUTH_API_KEYS: KEYS });
  });
  afterAll(() => app.close());

  it('names the caller', async () => {
    expect(await app.me({ 'x-api-key': KEY })).toEqual({
      status: 200,
      body: {
        identity: 'ci',
        display_name: 'Build server',
        is_authenticated: true,
        permissions: ['threads:read'],
      },
    });
  });

  it.each([
    ['unknown', 'oak_unknown'],
    ['empty', ''],
    ['in other letters', KEY.toUpperCase()],
    ['its own digest', sha256(KEY)],
    ['followed by another', `${KEY}, ${KEY}`],
    ['shortened', KEY.slice(0, -1)],
  ])('is refused when it is %s', async (_what, key) => {
    expect(await app.me({ 'x-api-key': key })).toEqual(UNAUTHORIZED);
  });

  it('is not taken from elsewhere', async () => {
    expect(await app.me({ authorization: `Bearer ${KEY}` })).toEqual(UNAUTHORIZED);
    expect((await fetch(`${app.url}/me?x-api-key=${KEY}`)).status).toBe(401);
  });

  it('that is unknown leaves a valid token in force, as LangGraph clients send both', async () => {
    const headers = { authorization: `Bearer ${forge()}`, 'x-api-key': 'lsv2_somebody_elses' };
    expect(await app.me(headers)).toMatchObject({ status: 200, body: { identity: 'alice' } });
  });

  it('yields to a valid token, and stands in for an expired one', async () => {
    const token = forge();
    const expired = forge({ payload: claims({ exp: now() - 60 }) });
    expect(await app.me({ authorization: `Bearer ${token}`, 'x-api-key': KEY })).toMatchObject({
      body: { identity: 'alice' },
    });
    expect(await app.me({ authorization: `Bearer ${expired}`, 'x-api-key': KEY })).toMatchObject({
      body: { identity: 'ci' },
    });
  });

  it('does not help a request with two Authorization headers', async () => {
    const { hostname, port } = new URL(app.url);
    const headers = ['Host', hostname, 'Authorization', 'a', 'Authorization', 'b', 'X-Api-Key', KEY];
    const status = await new Promise((resolve) => {
      request({ hostname, port, path: '/me', headers: headers as never }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).end();
    });
    expect(status).toBe(401);
  });
});

describe('API keys as the only kind of key', () => {
  it('suffice in production, and let no token in', async () => {
    const app = await startApp({ NODE_ENV: 'production', AUTH_API_KEYS: KEYS });
    expect(await app.me({ 'x-api-key': KEY })).toMatchObject({ status: 200 });
    expect(await app.meWith(forge())).toEqual(UNAUTHORIZED);
    await app.close();
  });

  it('are read from a file', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'onauth-')), 'keys.json');
    await writeFile(file, KEYS);
    const app = await startApp({ AUTH_API_KEYS: file });
    expect(await app.me({ 'x-api-key': KEY })).toMatchObject({ status: 200, body: { identity: 'ci' } });
    await app.close();
  });
});

describe('The boot stops for AUTH_API_KEYS that', () => {
  const entry = { identity: 'ci', sha256: sha256(KEY) };
  it.each([
    [
      'are a path to nothing',
      './nowhere.json',
      'is neither a JSON list nor the path of a file that can be read.',
    ],
    ['are no JSON', '[{', 'holds invalid JSON, but must hold a list of objects with identity and sha256.'],
    [
      'hold a key in the clear',
      JSON.stringify([{ identity: 'ci', sha256: KEY }]),
      'is wrong at 0.sha256: must be a SHA-256 digest of 64 lower-case hexadecimal digits.',
    ],
    [
      'hold the digest of nothing',
      JSON.stringify([{ identity: 'ci', sha256: sha256('') }]),
      'is wrong at 0.sha256: is the digest of an empty key.',
    ],
    [
      'name nobody',
      JSON.stringify([{ ...entry, identity: '' }]),
      'is wrong at 0.identity: must be 1 to 512 characters, none of them a control character.',
    ],
    [
      'hold one key twice',
      JSON.stringify([entry, { ...entry, identity: 'other' }]),
      'is wrong: must not hold one key twice.',
    ],
  ])('%s', async (_what, keys, complaint) => {
    await expect(startApp({ AUTH_API_KEYS: keys })).rejects.toThrow(`AUTH_API_KEYS ${complaint}`);
  });

  it.each([
    ['are empty', '[]'],
    ['misspell a member', JSON.stringify([{ ...entry, permission: ['all'] }])],
    ['give permissions as a text', JSON.stringify([{ ...entry, permissions: 'all' }])],
  ])('%s', async (_what, keys) => {
    await expect(startApp({ AUTH_API_KEYS: keys })).rejects.toThrow(/^AUTH_API_KEYS is wrong[^\n]+\.$/);
  });
});
