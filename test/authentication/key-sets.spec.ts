import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { StandardClaimsMapper } from '../../src/authentication/claims.mapper.js';
import { JwtStrategy } from '../../src/authentication/jwt.strategy.js';
import { RemoteKeySource, type RemoteKeyTimes } from '../../src/authentication/keys/remote-key.source.js';
import {
  startApp,
  startAppWith,
  UNAUTHORIZED,
  type AuthenticationApp,
} from './support/authentication.app.js';
import { json, LocalServer } from './support/local.server.js';
import { forge, SECRET } from './support/token.forge.js';

const first = generateKeyPairSync('rsa', { modulusLength: 2048 });
const second = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });

const jwk = (key: KeyObject, members: object) => ({ ...key.export({ format: 'jwk' }), ...members });
const firstJwk = jwk(first.publicKey, { kid: 'first', use: 'sig', alg: 'RS256' });
const secondJwk = jwk(second.publicKey, { kid: 'second' });
const firstToken = () => forge({ header: { alg: 'RS256', kid: 'first' }, key: first.privateKey });
const secondToken = () => forge({ header: { alg: 'ES256', kid: 'second' }, key: second.privateKey });
const strangeToken = (kid: string) => forge({ header: { alg: 'RS256', kid }, key: first.privateKey });
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

let endpoint: LocalServer;
let app: AuthenticationApp;

beforeEach(async () => {
  Logger.overrideLogger(false);
  endpoint = await LocalServer.start(json({ keys: [firstJwk, secondJwk] }));
});
afterEach(async () => {
  await app.close();
  await endpoint.stop();
});

async function startWith(times: Partial<RemoteKeyTimes> = {}): Promise<void> {
  const keys = new RemoteKeySource(endpoint.url, ['RS256', 'ES256'], times);
  const expectations = { issuer: undefined, audience: undefined };
  app = await startAppWith([new JwtStrategy(keys, new StandardClaimsMapper(), expectations)]);
}

describe('A key set', () => {
  it('is read from AUTH_JWKS_URI, once', async () => {
    app = await startApp({ AUTH_JWKS_URI: endpoint.url.href });
    const answers = await Promise.all(
      [firstToken(), secondToken(), firstToken()].map((token) => app.meWith(token)),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(endpoint.requests).toBe(1);
  });

  it('verifies nothing with an HMAC, a wrong key for the id, or an algorithm other than the key names (abuse cases 2 and 3)', async () => {
    await startWith();
    const forged = [
      forge({ header: { alg: 'HS256', kid: 'first' } }),
      forge({
        header: { alg: 'HS256', kid: 'first' },
        key: first.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      }),
      forge({ header: { alg: 'RS384', kid: 'first' }, key: first.privateKey }),
      forge({ header: { alg: 'PS256', kid: 'first' }, key: first.privateKey }),
      forge({ header: { alg: 'RS256', kid: 'second' }, key: first.privateKey }),
      forge({ header: { alg: 'none', kid: 'first' }, key: '' }),
    ];
    for (const token of forged) expect(await app.meWith(token)).toEqual(UNAUTHORIZED);
  });

  it('serves a token without an id only when one key fits', async () => {
    await startWith();
    const token = forge({ header: { alg: 'RS256' }, key: first.privateKey });
    expect(await app.meWith(token)).toMatchObject({ status: 200 });
    await app.close();
    endpoint.answer = json({ keys: [firstJwk, { ...firstJwk, kid: 'third' }] });
    await startWith();
    expect(await app.meWith(token)).toEqual(UNAUTHORIZED);
  });

  it.each([
    ['a symmetric key', { kty: 'oct', kid: 'first', k: Buffer.from(SECRET).toString('base64url') }],
    ['a private key', jwk(first.privateKey, { kid: 'first' })],
    ['a key for encryption', { ...firstJwk, use: 'enc' }],
    ['a key for other operations', { ...firstJwk, key_ops: ['encrypt'] }],
    ['a key under 2048 bits', jwk(weak.publicKey, { kid: 'first' })],
    ['a key without a modulus', { ...firstJwk, n: '' }],
    ['a point off the curve', { ...secondJwk, kid: 'first', y: secondJwk.x }],
    ['a key that is no object', 'first'],
  ])('passes over %s and keeps the others', async (_what, entry) => {
    endpoint.answer = json({ keys: [entry, secondJwk] });
    await startWith();
    expect(await app.meWith(firstToken())).toEqual(UNAUTHORIZED);
    expect(await app.meWith(forge({ header: { kid: 'first' } }))).toEqual(UNAUTHORIZED);
    expect(await app.meWith(forge({ header: { alg: 'RS256', kid: 'first' }, key: weak.privateKey }))).toEqual(
      UNAUTHORIZED,
    );
    expect(await app.meWith(secondToken())).toMatchObject({ status: 200 });
  });
});

describe('A key set that changes while the server runs', () => {
  it('brings a new key into use at the first token that names it', async () => {
    endpoint.answer = json({ keys: [firstJwk] });
    await startWith({ cooldown: 0 });
    expect(await app.meWith(firstToken())).toMatchObject({ status: 200 });
    expect(await app.meWith(secondToken())).toEqual(UNAUTHORIZED);
    endpoint.answer = json({ keys: [firstJwk, secondJwk] });
    expect(await app.meWith(secondToken())).toMatchObject({ status: 200 });
  });

  it('takes a removed key out of use when the set is old (abuse case 16)', async () => {
    await startWith({ cooldown: 0, refreshAfter: 100 });
    const token = firstToken();
    expect(await app.meWith(token)).toMatchObject({ status: 200 });
    endpoint.answer = json({ keys: [secondJwk] });
    await pause(150);
    expect(await app.meWith(token)).toEqual(UNAUTHORIZED);
    expect(await app.meWith(secondToken())).toMatchObject({ status: 200 });
  });
});

describe('An endpoint that fails (abuse case 8)', () => {
  it('leaves known keys at work, and is asked no more than once in the pause', async () => {
    await startWith({ refreshAfter: 50, cooldown: 60_000 });
    expect(await app.meWith(firstToken())).toMatchObject({ status: 200 });
    await endpoint.stop();
    await pause(100);
    for (let round = 0; round < 20; round += 1) {
      expect(await app.meWith(firstToken())).toMatchObject({ status: 200 });
      expect(await app.meWith(strangeToken(`made-up-${round}`))).toEqual(UNAUTHORIZED);
    }
  });

  it('does not make tokens with known keys wait for it', async () => {
    await startWith({ refreshAfter: 0, cooldown: 0 });
    expect(await app.meWith(firstToken())).toMatchObject({ status: 200 });
    endpoint.answer = (_request, response) => response.writeHead(500).end();
    expect(await app.meWith(firstToken())).toMatchObject({ status: 200 });
    endpoint.answer = () => undefined;
    const answers = await Promise.race([app.meWith(firstToken()), pause(3000)]);
    expect(answers).toMatchObject({ status: 200 });
  });

  it('leaves known keys at work only for so long', async () => {
    await startWith({ refreshAfter: 50, keepFor: 200, cooldown: 0 });
    expect(await app.meWith(firstToken())).toMatchObject({ status: 200 });
    endpoint.answer = (_request, response) => response.writeHead(503).end();
    await pause(300);
    expect(await app.meWith(firstToken())).toEqual(UNAUTHORIZED);
    endpoint.answer = json({ keys: [firstJwk] });
    expect(await app.meWith(firstToken())).toMatchObject({ status: 200 });
  });

  it('is asked again after the pause, so the server recovers by itself', async () => {
    endpoint.answer = (_request, response) => response.writeHead(503).end();
    await startWith({ cooldown: 100 });
    expect(await app.meWith(firstToken())).toEqual(UNAUTHORIZED);
    endpoint.answer = json({ keys: [firstJwk] });
    await pause(150);
    expect(await app.meWith(firstToken())).toMatchObject({ status: 200 });
  });
});

describe('Tokens with made-up key ids (abuse case 8)', () => {
  it('cause one more reading, and then none before the pause is over', async () => {
    await startWith({ cooldown: 60_000 });
    expect(await app.meWith(firstToken())).toMatchObject({ status: 200 });
    const ids = Array.from({ length: 200 }, (_none, index) => `made-up-${index}`);
    const answers = await Promise.all(ids.map((id) => app.meWith(strangeToken(id))));
    expect(answers).toEqual(ids.map(() => UNAUTHORIZED));
    expect(endpoint.requests).toBe(1);
  });

  it('share one reading when they come together', async () => {
    endpoint.answer = (request, response) =>
      setTimeout(() => json({ keys: [firstJwk] })(request, response), 50);
    await startWith();
    await Promise.all(
      Array.from({ length: 50 }, (_none, index) => app.meWith(strangeToken(`made-up-${index}`))),
    );
    expect(endpoint.requests).toBe(1);
  });
});

describe('A key set is refused as a whole (abuse case 7)', () => {
  it('when the endpoint redirects, and the other address is not asked', async () => {
    const internal = await LocalServer.start(json({ keys: [firstJwk] }));
    for (const status of [301, 302, 303, 307, 308]) {
      endpoint.answer = (_request, response) =>
        response.writeHead(status, { location: internal.url.href }).end();
      await startWith();
      expect(await app.meWith(firstToken())).toEqual(UNAUTHORIZED);
      await app.close();
    }
    expect(internal.requests).toBe(0);
    await internal.stop();
  });

  const padded = JSON.stringify({ keys: [firstJwk], padding: 'x'.repeat(10 * 1024 * 1024) });
  it.each([
    ['over 256 KiB', (server: LocalServer) => (server.answer = (_request, response) => response.end(padded))],
    [
      'over 256 KiB once decompressed',
      (server: LocalServer) =>
        (server.answer = (_request, response) =>
          response.setHeader('content-encoding', 'gzip').end(gzipSync(padded))),
    ],
    [
      'of 101 keys',
      (server: LocalServer) =>
        (server.answer = json({
          keys: [
            firstJwk,
            ...Array.from({ length: 100 }, (_none, kid) => ({ ...firstJwk, kid: String(kid) })),
          ],
        })),
    ],
    [
      'that is no JSON',
      (server: LocalServer) => (server.answer = (_request, response) => response.end('<html>')),
    ],
    ['that is a list', (server: LocalServer) => (server.answer = json([firstJwk]))],
    [
      'of status 201',
      (server: LocalServer) =>
        (server.answer = (_request, response) =>
          response.writeHead(201).end(JSON.stringify({ keys: [firstJwk] }))),
    ],
  ])('%s', async (_what, change) => {
    change(endpoint);
    await startWith();
    expect(await app.meWith(firstToken())).toEqual(UNAUTHORIZED);
  });

  it('when its body takes more than five seconds', async () => {
    endpoint.answer = (_request, response) => {
      response.write('{"keys":[');
      setTimeout(() => response.end(`${JSON.stringify(firstJwk)}]}`), 8000).unref();
    };
    await startWith();
    expect(await app.meWith(firstToken())).toEqual(UNAUTHORIZED);
  });
});
